import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MachineConnections } from '#main/machines/ssh/connections.ts';
import { fingerprint } from '#main/machines/ssh/known-hosts.ts';
import type { ConnectionSettings } from '#main/machines/ssh/settings.ts';
import { errorData } from '#shared/errors/define.ts';
import { memoryKnownHosts, newKey, signKey, startSshd, type Sshd } from './sshd.ts';

const { signal } = new AbortController();
let sshd: Sshd;

beforeAll(async () => {
  sshd = await startSshd();
});
afterAll(async () => {
  await sshd[Symbol.asyncDispose]();
});

function settingsOf(server: Sshd, changes: Partial<ConnectionSettings> = {}): ConnectionSettings {
  return {
    name: 'node-1',
    address: '127.0.0.1',
    port: server.port,
    user: server.user,
    auth: { kind: 'key', key: `file:${server.userKey}` },
    hostKey: server.hostKey('ed25519'),
    bastion: undefined,
    ...changes,
  };
}

function connectionsTo(
  settings: ConnectionSettings,
  { knownHosts = memoryKnownHosts(), approve = false, connectMs = 5000, secrets = new Map<string, string>() } = {},
) {
  const asked: string[] = [];
  const connections = new MachineConnections({
    settings: new Map([[settings.name, settings]]),
    knownHosts,
    resolveSecret: async (reference) => secrets.get(reference) ?? readFileSync(reference.replace('file:', ''), 'utf8'),
    approveHostKey: async (machine, print, type) => {
      asked.push(`${machine} ${type} ${print}`);
      return approve;
    },
    connectMs,
  });
  return { connections, asked, knownHosts };
}

async function run(connections: MachineConnections, command: string): Promise<string> {
  const connection = await connections.connect('node-1', signal);
  const { output } = await connection.exec(command, {}, signal);
  return output.toString();
}

/** The error code of what fails, with its parameters. */
async function failure(settings: ConnectionSettings, options: Parameters<typeof connectionsTo>[1] = {}) {
  const { connections } = connectionsTo(settings, options);
  await using _ = connections;
  const thrown: unknown = await connections.connect('node-1', signal).then(
    () => undefined,
    (error: unknown) => error,
  );
  return errorData(thrown);
}

const print = (key: string) => fingerprint(Buffer.from(key.split(' ')[1] ?? '', 'base64'));

describe('logging in', () => {
  it('runs commands with input, output and exit code, in bytes as they are', async () => {
    const { connections } = connectionsTo(settingsOf(sshd));
    await using _ = connections;
    const connection = await connections.connect('node-1', signal);
    const input = Buffer.from(Array.from({ length: 3_000_000 }, (_unused, index) => index % 251));
    const echoed = await connection.exec('cat; echo problem >&2; exit 7', { input }, signal);
    expect(echoed.output.equals(input)).toBe(true);
    expect(echoed).toMatchObject({ exitCode: 7, errorLines: ['problem'] });
  });

  it.each(['ed25519', 'ecdsa', 'rsa'])('accepts an OpenSSH user certificate over an %s key', async (type) => {
    const key = newKey(`${sshd.folder}/cert-${type}`, type);
    const certificate = signKey(sshd.certificateAuthority, key, sshd.user);
    const auth = { kind: 'key', key: `file:${key}`, certificate: `file:${certificate}` } as const;
    const { connections } = connectionsTo(settingsOf(sshd, { auth }));
    await using _ = connections;
    expect(await run(connections, 'echo in')).toBe('in\n');
    expect(sshd.log()).toContain(`Accepted publickey for ${sshd.user}`);
  });

  it('says that a certificate was refused when it is for another principal', async () => {
    const key = newKey(`${sshd.folder}/cert-other`, 'ed25519');
    const certificate = signKey(sshd.certificateAuthority, key, 'somebody-else');
    const auth = { kind: 'key', key: `file:${key}`, certificate: `file:${certificate}` } as const;
    expect(await failure(settingsOf(sshd, { auth }))).toMatchObject({
      code: 'ssh.certificate_rejected',
      retry: 'while-booting',
      target: 'node-1',
    });
  });

  it('refuses a certificate that belongs to another key before it connects', async () => {
    const certificate = signKey(sshd.certificateAuthority, newKey(`${sshd.folder}/one`, 'ed25519'), sshd.user);
    const other = newKey(`${sshd.folder}/other`, 'ed25519');
    const auth = { kind: 'key', key: `file:${other}`, certificate: `file:${certificate}` } as const;
    expect((await failure(settingsOf(sshd, { auth }))).code).toBe('ssh.certificate_unreadable');
  });

  it('opens a key with its passphrase and names the key when the passphrase is wrong', async () => {
    const key = newKey(`${sshd.folder}/locked`, 'ed25519', 'correct horse');
    writeFileSync(
      `${sshd.folder}/authorized_keys`,
      readFileSync(`${sshd.folder}/user.pub`, 'utf8') + readFileSync(`${key}.pub`, 'utf8'),
    );
    const auth = { kind: 'key', key: `file:${key}`, passphrase: 'vault:pass' } as const;
    const { connections } = connectionsTo(settingsOf(sshd, { auth }), {
      secrets: new Map([['vault:pass', 'correct horse']]),
    });
    await using _ = connections;
    expect(await run(connections, 'echo in')).toBe('in\n');
    const wrong = await failure(settingsOf(sshd, { auth }), { secrets: new Map([['vault:pass', 'wrong']]) });
    expect(wrong).toMatchObject({ code: 'ssh.key_unreadable', params: { key: `file:${key}` } });
    expect(JSON.stringify(wrong)).not.toContain('wrong"');
  });

  it('tells a refused key, which may still be accepted while the machine boots', async () => {
    const key = newKey(`${sshd.folder}/stranger`, 'ed25519');
    expect(await failure(settingsOf(sshd, { auth: { kind: 'key', key: `file:${key}` } }))).toMatchObject({
      code: 'ssh.key_rejected',
      retry: 'while-booting',
      params: { address: '127.0.0.1', user: sshd.user },
    });
  });

  it('tells which methods there are when the wanted one is not offered, and sends no password', async () => {
    const auth = { kind: 'password', password: 'vault:password' } as const;
    expect(
      await failure(settingsOf(sshd, { auth }), { secrets: new Map([['vault:password', 'hunter2']]) }),
    ).toMatchObject({
      code: 'ssh.method_missing',
      params: { method: 'password', offered: 'publickey' },
    });
  });

  it('says that there is no agent', async () => {
    const auth = { kind: 'agent', socket: '/nowhere/agent' } as const;
    expect((await failure(settingsOf(sshd, { auth }))).code).toBe('ssh.agent_failed');
  });
});

describe('reaching', () => {
  it('tells a closed port from a silent one', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    const address = await new Promise<number>((resolve) =>
      silent.once('listening', () => resolve((silent.address() as { port: number }).port)),
    );
    expect(await failure(settingsOf(sshd, { port: 1 }))).toMatchObject({ code: 'ssh.refused', retry: 'backoff' });
    expect(await failure(settingsOf(sshd, { port: address }), { connectMs: 300 })).toMatchObject({
      code: 'ssh.unreachable',
      params: { waitedMs: 300 },
    });
    silent.close();
  });

  it('names a host that does not resolve', async () => {
    expect((await failure(settingsOf(sshd, { address: 'no-such-host.invalid' }))).code).toBe('ssh.address_unknown');
  });

  it('goes through a bastion, and names the bastion when that one fails', async () => {
    await using bastion = await startSshd();
    const through = {
      name: 'bastion 127.0.0.1',
      address: '127.0.0.1',
      port: bastion.port,
      user: bastion.user,
      auth: { kind: 'key', key: `file:${bastion.userKey}` } as const,
      hostKey: bastion.hostKey('ed25519'),
    };
    const { connections } = connectionsTo(settingsOf(sshd, { bastion: through }));
    await using _ = connections;
    expect(await run(connections, 'echo far')).toBe('far\n');
    expect(bastion.log()).toContain('Accepted publickey');

    const wrongKey = {
      ...through,
      auth: { kind: 'key', key: `file:${newKey(`${sshd.folder}/no`, 'ed25519')}` } as const,
    };
    expect(await failure(settingsOf(sshd, { bastion: wrongKey }))).toMatchObject({
      code: 'ssh.key_rejected',
      target: 'bastion 127.0.0.1',
    });
    expect((await failure(settingsOf(sshd, { bastion: through, port: 1 }))).code).toBe('ssh.tunnel_refused');
  });

  it('says that a bastion which forbids forwarding is no use', async () => {
    await using bastion = await startSshd(['DisableForwarding yes']);
    const through = { ...settingsOf(bastion), name: 'bastion 127.0.0.1' };
    expect(await failure(settingsOf(sshd, { bastion: through }))).toMatchObject({
      code: 'ssh.forwarding_denied',
      target: 'bastion 127.0.0.1',
    });
  });
});

describe('host keys', () => {
  it('accepts the given key whatever other types the machine has', async () => {
    for (const type of ['ed25519', 'ecdsa', 'rsa'] as const) {
      const { connections, asked } = connectionsTo(settingsOf(sshd, { hostKey: sshd.hostKey(type) }));
      await using _ = connections;
      expect(await run(connections, 'echo in')).toBe('in\n');
      expect(asked).toEqual([]);
    }
  });

  it('accepts a fingerprint of any key of the machine and pins that key', async () => {
    const rsa = sshd.hostKey('rsa');
    const { connections, knownHosts } = connectionsTo(settingsOf(sshd, { hostKey: print(rsa) }));
    await using _ = connections;
    expect(await run(connections, 'echo in')).toBe('in\n');
    expect(knownHosts.pinned.get(`127.0.0.1:${sshd.port}`)).toBe(rsa);
  });

  it('shows an unknown key once, pins it when approved and asks no more', async () => {
    const { connections, asked, knownHosts } = connectionsTo(settingsOf(sshd, { hostKey: undefined }), {
      approve: true,
    });
    await using _ = connections;
    expect(await run(connections, 'echo in')).toBe('in\n');
    expect(asked).toEqual([`node-1 ssh-ed25519 ${print(sshd.hostKey('ed25519'))}`]);
    const again = connectionsTo(settingsOf(sshd, { hostKey: undefined }), { knownHosts });
    await using __ = again.connections;
    expect(await run(again.connections, 'echo in')).toBe('in\n');
    expect(again.asked).toEqual([]);
  });

  it('stops when the key is not approved', async () => {
    expect(await failure(settingsOf(sshd, { hostKey: undefined }))).toMatchObject({
      code: 'ssh.host_key_unknown',
      params: { keyType: 'ssh-ed25519', fingerprint: print(sshd.hostKey('ed25519')) },
    });
  });

  it('stops at a changed key with both fingerprints', async () => {
    await using other = await startSshd();
    const before = other.hostKey('ed25519');
    const knownHosts = memoryKnownHosts();
    knownHosts.pin('127.0.0.1', other.port, before, 'approved');
    await other.replaceHostKeys();
    expect(await failure(settingsOf(other, { hostKey: undefined }), { knownHosts, approve: true })).toMatchObject({
      code: 'ssh.host_key_changed',
      retry: 'never',
      params: { expected: print(before), found: print(other.hostKey('ed25519')) },
    });
    const fingerprintOnly = await failure(settingsOf(other, { hostKey: print(before) }));
    expect(fingerprintOnly.code).toBe('ssh.host_key_changed');
  });

  it('counts it as changed when the machine no longer has a key of the pinned type', async () => {
    await using other = await startSshd(['HostKeyAlgorithms rsa-sha2-512']);
    expect(await failure(settingsOf(other))).toMatchObject({
      code: 'ssh.host_key_changed',
      params: { expected: print(other.hostKey('ed25519')), found: print(other.hostKey('rsa')) },
    });
  });
});

describe('a connection that cannot be made', () => {
  it('is tried once for all who wait for it, once for who prepared it and the next who asks, then anew', async () => {
    await using server = await startSshd();
    const key = newKey(`${server.folder}/unknown`, 'ed25519');
    const { connections } = connectionsTo(settingsOf(server, { auth: { kind: 'key', key: `file:${key}` } }));
    await using _ = connections;
    const refused = () => server.log().match(/Connection (closed|reset) by authenticating user/g)?.length ?? 0;
    const codes = async (...waiting: readonly Promise<unknown>[]) =>
      (await Promise.allSettled(waiting)).map((end) => (end.status === 'rejected' ? errorData(end.reason).code : 'in'));
    const connect = () => connections.connect('node-1', signal);

    expect(await codes(connect(), connect())).toEqual(['ssh.key_rejected', 'ssh.key_rejected']);
    await expect.poll(refused).toBe(1);
    expect(await codes(connections.prepare('node-1', signal))).toEqual(['ssh.key_rejected']);
    expect(await codes(connect())).toEqual(['ssh.key_rejected']);
    await expect.poll(refused).toBe(2);
    expect(await codes(connect())).toEqual(['ssh.key_rejected']);
    await expect.poll(refused).toBe(3);
  });
});

describe('a connection in use', () => {
  it('fails what runs when it is lost, and is made again by the next call', async () => {
    const { connections } = connectionsTo(settingsOf(sshd));
    await using _ = connections;
    const first = await connections.connect('node-1', signal);
    const started = Promise.withResolvers<void>();
    const running = first.exec('echo started; sleep 60', { onLine: () => started.resolve() }, signal);
    await started.promise;
    sshd.killConnections();
    expect(errorData(await running.catch((error: unknown) => error))).toMatchObject({
      code: 'ssh.connection_lost',
      retry: 'backoff',
    });
    const all = await Promise.all([1, 2, 3].map(() => connections.connect('node-1', signal)));
    expect(new Set(all).size).toBe(1);
    expect(await run(connections, 'echo again')).toBe('again\n');
  });

  it('runs forty commands at once within sshd’s ten sessions', async () => {
    const { connections } = connectionsTo(settingsOf(sshd));
    await using _ = connections;
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_unused, n) => run(connections, `sleep 0.05; echo ${n}`)),
    );
    expect(answers).toEqual(Array.from({ length: 40 }, (_unused, n) => `${n}\n`));
  });

  it('waits for its own commands where sshd allows one session only', async () => {
    await using strict = await startSshd(['MaxSessions 1']);
    const { connections } = connectionsTo(settingsOf(strict));
    await using _ = connections;
    const answers = await Promise.all(Array.from({ length: 10 }, (_unused, n) => run(connections, `echo ${n}`)));
    expect(answers).toEqual(Array.from({ length: 10 }, (_unused, n) => `${n}\n`));
  });

  it('lets go of a command soon after its signal aborts, and stays usable', async () => {
    const { connections } = connectionsTo(settingsOf(sshd));
    await using _ = connections;
    const connection = await connections.connect('node-1', signal);
    const abort = new AbortController();
    const running = connection.exec(
      'echo started; exec sleep 60',
      { onLine: () => abort.abort(new Error('enough')) },
      abort.signal,
    );
    await expect(running).rejects.toThrow('enough');
    expect(await run(connections, 'echo still here')).toBe('still here\n');
  });

  it('carries tunnels, and tells a refused one from a forbidden one', async () => {
    const server = createServer((socket) => socket.pipe(socket)).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    const { connections } = connectionsTo(settingsOf(sshd));
    await using _ = connections;
    const connection = await connections.connect('node-1', signal);
    const stream = await connection.openTcp('127.0.0.1', port, signal);
    stream.write('over');
    const answer = await new Promise<Buffer>((resolve) => stream.once('data', resolve));
    expect(answer.toString()).toBe('over');
    stream.destroy();
    server.close();
    const refused: unknown = await connection.openTcp('127.0.0.1', 1, signal).catch((error: unknown) => error);
    expect(errorData(refused)).toMatchObject({ code: 'ssh.tunnel_refused', params: { target: '127.0.0.1:1' } });

    await using strict = await startSshd(['AllowTcpForwarding no']);
    const forbidden = connectionsTo(settingsOf(strict)).connections;
    await using __ = forbidden;
    const strictly = await forbidden.connect('node-1', signal);
    const denied: unknown = await strictly.openTcp('127.0.0.1', 1, signal).catch((error: unknown) => error);
    expect(errorData(denied).code).toBe('ssh.forwarding_denied');
  });
});
