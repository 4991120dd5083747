import { Client, type ConnectConfig } from 'ssh2';

export interface Login extends Pick<ConnectConfig, 'privateKey' | 'password'> {
  readonly user: string;
  /** `ssh-ed25519 AAAA…`: the only key that is accepted. */
  readonly hostKey: string;
}

/** Logs in, runs one command, and answers what it printed. @throws whatever stops it, a foreign host key included. */
export function runOverSsh(address: string, { user, hostKey, ...auth }: Login, command: string): Promise<string> {
  const client = new Client();
  const expected = hostKey.split(' ')[1];
  return new Promise<string>((resolve, reject) => {
    client.once('error', reject);
    client.once('ready', () => {
      client.exec(command, (error, channel) => {
        if (error) return reject(error);
        let output = '';
        channel.on('data', (chunk: Buffer) => (output += chunk.toString()));
        channel.stderr.resume();
        channel.once('close', () => resolve(output.trim()));
      });
    });
    client.connect({
      ...auth,
      host: address,
      username: user,
      readyTimeout: 5000,
      hostVerifier: (key: Buffer) => key.toString('base64') === expected,
    });
  }).finally(() => client.end());
}
