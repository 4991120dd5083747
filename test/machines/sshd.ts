import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { KnownHosts } from '#main/machines/ssh/known-hosts.ts';

/** Tests with a real OpenSSH server on loopback, with host keys, user keys and a CA of its own. */
export interface Sshd extends AsyncDisposable {
  readonly port: number;
  readonly user: string;
  readonly folder: string;
  /** Path of the private key that may log in. */
  readonly userKey: string;
  /** Path of a CA whose certificates may log in. */
  readonly certificateAuthority: string;
  /** `ssh-ed25519 AAAA…`. */
  hostKey(type: 'ed25519' | 'ecdsa' | 'rsa'): string;
  /** New ones, as if another machine answered at the address. */
  replaceHostKeys(): Promise<void>;
  /** Ends the processes that serve open connections, as a lost network does, and leaves the listener. */
  killConnections(): void;
  log(): string;
}

/** @param config lines of sshd_config that go before ours (the first of two wins). */
export async function startSshd(config: readonly string[] = []): Promise<Sshd> {
  const sshd = '/usr/sbin/sshd';
  if (!existsSync(sshd)) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    execFileSync('apt-get', ['install', '-qq', '-y', '--no-install-recommends', 'openssh-server'], { env });
  }
  mkdirSync('/run/sshd', { recursive: true }); // privilege separation folder
  const folder = mkdtempSync(join(tmpdir(), 'slipway-sshd-'));
  chmodSync(folder, 0o755);
  const types = ['ed25519', 'ecdsa', 'rsa'] as const;
  const newHostKeys = () => types.forEach((type) => newKey(join(folder, `host_${type}`), type));
  newHostKeys();
  newKey(join(folder, 'user'), 'ed25519');
  newKey(join(folder, 'ca'), 'ed25519');
  const port = await freePort();
  writeFileSync(join(folder, 'authorized_keys'), readFileSync(join(folder, 'user.pub')));
  writeFileSync(
    join(folder, 'sshd_config'),
    [
      ...config,
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      ...types.map((type) => `HostKey ${folder}/host_${type}`),
      `AuthorizedKeysFile ${folder}/authorized_keys`,
      `TrustedUserCAKeys ${folder}/ca.pub`,
      `PidFile none`,
      'StrictModes no',
      'UsePAM no',
      'PermitRootLogin yes',
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
      'MaxStartups 100',
      'LogLevel VERBOSE',
    ].join('\n') + '\n',
  );
  let log = '';
  let server: ChildProcess;
  const start = async () => {
    server = spawn(sshd, ['-D', '-e', '-f', join(folder, 'sshd_config')], { stdio: ['ignore', 'ignore', 'pipe'] });
    server.stderr?.on('data', (chunk: Buffer) => (log += chunk.toString()));
    await answering(port, () => log);
  };
  const stop = async () => {
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGTERM');
    await ended;
  };
  const killConnections = () => {
    for (const pid of descendants(server.pid ?? 0)) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // ended meanwhile
      }
    }
  };
  await start();
  return {
    port,
    user: userInfo().username,
    folder,
    userKey: join(folder, 'user'),
    certificateAuthority: join(folder, 'ca'),
    hostKey: (type) => publicKey(join(folder, `host_${type}.pub`)),
    async replaceHostKeys() {
      killConnections();
      await stop();
      newHostKeys();
      await start();
    },
    killConnections,
    log: () => log,
    async [Symbol.asyncDispose]() {
      killConnections();
      await stop();
      rmSync(folder, { recursive: true });
    },
  };
}

/** Known hosts as the store has them, but forgotten at the end. */
export function memoryKnownHosts(): KnownHosts & { readonly pinned: Map<string, string> } {
  const pinned = new Map<string, string>();
  return {
    pinned,
    find: (address, port) => pinned.get(`${address}:${port}`),
    pin: (address, port, key) => pinned.set(`${address}:${port}`, key),
  };
}

export function newKey(path: string, type: string, passphrase = ''): string {
  rmSync(path, { force: true });
  rmSync(`${path}.pub`, { force: true });
  execFileSync('ssh-keygen', ['-q', '-t', type, '-N', passphrase, '-f', path]);
  return path;
}

/** Signs `key`.pub; the certificate is at the returned path. */
export function signKey(authority: string, key: string, principal: string, validity = '+1h'): string {
  execFileSync('ssh-keygen', ['-q', '-s', authority, '-I', 'test', '-n', principal, '-V', validity, `${key}.pub`]);
  return `${key}-cert.pub`;
}

function publicKey(path: string): string {
  return readFileSync(path, 'utf8').split(' ').slice(0, 2).join(' ');
}

function descendants(pid: number): readonly number[] {
  const path = `/proc/${pid}/task/${pid}/children`;
  const children = existsSync(path) ? readFileSync(path, 'utf8').trim().split(' ').filter(Boolean).map(Number) : [];
  return children.flatMap((child) => [...descendants(child), child]);
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

async function answering(port: number, log: () => string): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const answered = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('data', () => resolve(true)).once('error', () => resolve(false));
      socket.once('data', () => socket.destroy());
    });
    if (answered) return;
    await pause(25);
  }
  throw new Error(`sshd does not answer:\n${log()}`);
}
