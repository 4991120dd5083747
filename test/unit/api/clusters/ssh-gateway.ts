import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import ssh2 from 'ssh2';
import { onTestFinished } from 'vitest';
import { newKeyPair } from '#test/lab/ssh-keys.ts';

export interface SshGateway {
  readonly port: number;
  readonly hostKey: string;
  /** Logins so far. */
  logins(): number;
  /** Connections that are open now. */
  open(): number;
  /** Ends all of them, as a lost network does. */
  cut(): void;
  /** Resolves when none is open any more. */
  empty(): Promise<void>;
}

/** An SSH server that lets everybody in and forwards every tunnel to one local port. Closed after the test. */
export async function sshGateway(target: number): Promise<SshGateway> {
  const { privateKey, publicKey } = newKeyPair('gateway');
  const clients = new Set<ssh2.Connection>();
  let logins = 0;
  let emptied = Promise.withResolvers<void>();
  const server = new ssh2.Server({ hostKeys: [privateKey] }, (client) => {
    clients.add(client);
    client.on('authentication', (context) => context.accept());
    client.on('ready', () => void (logins += 1));
    client.on('error', () => undefined); // of a test that cuts it
    client.on('tcpip', (accept) => {
      const channel = accept();
      const socket = connect(target, '127.0.0.1');
      socket.on('error', () => channel.close());
      channel.on('error', () => socket.destroy());
      channel.pipe(socket).pipe(channel);
    });
    client.on('close', () => {
      clients.delete(client);
      if (clients.size > 0) return;
      emptied.resolve();
      emptied = Promise.withResolvers<void>();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = (): void => clients.forEach((client) => client.end());
  onTestFinished(() => {
    cut();
    server.close();
  });
  return {
    port: (server.address() as AddressInfo).port,
    hostKey: publicKey.split(' ', 2).join(' '),
    logins: () => logins,
    open: () => clients.size,
    cut,
    empty: async () => {
      if (clients.size > 0) await emptied.promise;
    },
  };
}
