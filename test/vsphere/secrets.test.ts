import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { RunEvent } from '#shared/run/events.ts';
import type { VcenterOptions } from '#main/vsphere/client/vcenter.ts';
import { findSecrets, type Places } from '#test/cluster/support/secret-search.ts';
import { LabVcenter } from '#test/lab/vcenter/vcenter.ts';
import { optionsFor } from './open.ts';
import { newHome, Pipeline, specOfPools, type Ended } from './pipeline.ts';

let lab: LabVcenter;

beforeAll(async () => {
  lab = await LabVcenter.start();
});
afterAll(async () => {
  await lab[Symbol.asyncDispose]();
});
afterEach(async () => {
  await lab.control.clearRules();
  await lab.control.releaseChange();
  await lab.control.replaceCertificate();
  await lab.control.reset();
});

const passphrase = 'correct horse battery staple';
const machines = (name: string, count: number) =>
  specOfPools(name, [{ name: 'all', template: 'small', count, roles: ['etcd', 'controlplane', 'worker'] }]);

/** Every file below a folder, byte by byte: SQLite's pages are no text. */
async function filesIn(home: string): Promise<Places> {
  const files = (await readdir(home, { recursive: true, withFileTypes: true })).filter((file) => file.isFile());
  // The person's own, which is not ours to seal.
  const ours = files.filter(({ name }) => name !== 'passphrase' && name !== 'password');
  const read = ours.map(async ({ parentPath, name }) => {
    const path = join(parentPath, name);
    return [path, (await readFile(path)).toString('latin1')] as const;
  });
  return new Map(await Promise.all(read));
}

/** As they are, escaped, in base64, line by line, and in hexadecimal. */
function found(
  secrets: ReadonlyMap<string, string>,
  places: Places,
  publicTexts: readonly string[],
): readonly string[] {
  const asHex = [...secrets].flatMap(([name, value]) => {
    const hex = Buffer.from(value.trim()).toString('hex');
    const here = [...places].filter(([, content]) => content.toLowerCase().includes(hex));
    return here.map(([place]) => `${name} is in ${place}, in hexadecimal`);
  });
  return [...findSecrets(secrets, places, publicTexts), ...asHex];
}

describe('no secret of a cluster in vCenter', () => {
  it('is in the inventory, its journal, the logs or an error, whatever happened to the run', async () => {
    const secrets = new Map([
      ['the password of the vCenter', lab.password],
      ['the passphrase', passphrase],
    ]);
    const publicKeys: string[] = [];
    const home = await newHome();
    const told: RunEvent[] = [];
    using pipeline = new Pipeline(optionsFor(lab), machines('sealed', 3), home, {
      onEvent: (event) => void told.push(event),
    });
    const learn = async (): Promise<void> => {
      for (const name of ['ssh-user-key', ...[1, 2, 3].map((n) => `ssh-host-key/sealed-all-${String(n)}`)]) {
        const pair = await pipeline.secret(name);
        if (pair === undefined) continue;
        const { privateKey, publicKey } = JSON.parse(pair) as { privateKey: string; publicKey: string };
        secrets.set(`${name} ${String(secrets.size)}`, privateKey);
        publicKeys.push(publicKey);
      }
    };
    const wrongPassword = 'a password that was once right';
    const refused = await Pipeline.open(
      optionsFor(lab, { password: async () => wrongPassword }),
      machines('refused', 1),
    );
    secrets.set('a wrong password', wrongPassword);
    const refusal: unknown = await refused.create().catch((error: unknown) => error);
    const ends: Ended[] = [];
    await lab.control.addRule({
      method: 'PowerOnVM_Task',
      times: 1,
      task: { then: 'fail', fault: { type: 'GenericVmConfigFault' } },
    });
    await lab.control.addRule({ path: '^PUT /folder/', times: 1, status: 403 });
    await lab.control.addRule({ path: '^POST .*attach', skip: 3, times: 1, drop: 'after' });
    ends.push(await pipeline.create());
    await learn();
    await lab.control.clearRules();
    await lab.control.expireSessions();
    ends.push(await pipeline.create());
    await learn();
    const whileThere = await filesIn(home);
    ends.push(await pipeline.remove());
    expect(ends.map(({ outcome }) => outcome)).toEqual(['failed', 'succeeded', 'succeeded']);
    expect([...secrets.values()].filter((value) => value.includes('PRIVATE KEY')).length).toBeGreaterThanOrEqual(4);
    const places = new Map([
      ...[...whileThere].map(([path, content]) => [`${path}, while the cluster was there`, content] as const),
      ...(await filesIn(home)),
      ...(await filesIn(refused.home)),
      ['the events', JSON.stringify([ends, told])],
      ['the refusal', `${String(refusal)} ${JSON.stringify(refusal)}`],
    ]);
    refused[Symbol.dispose]();
    expect(found(secrets, places, publicKeys)).toEqual([]);
    // The search does look where all of this is kept.
    const kept = [...places].filter(([, content]) => content.includes('sealed-all-1')).map(([place]) => place);
    expect(kept.some((place) => place.includes('slipway.db'))).toBe(true);
    expect(kept.some((place) => /runs\/.*/.test(place))).toBe(true);
    expect(
      found(
        new Map([['a key', [...secrets.values()].at(-1) ?? '']]),
        new Map([['here', `x${[...secrets.values()].at(-1) ?? ''}`]]),
        [],
      ),
    ).toHaveLength(1);
  });

  it('is in the arguments or the environment of the command that was given a password in a file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'slipway-secrets-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const files = { 'ca.pem': lab.caPem, password: `${lab.password}\n`, passphrase: `${passphrase}\n` };
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content, { mode: 0o600 });
    await lab.control.addRule({ method: 'Login', delayMs: 400 });
    const where = ['--address', new URL(lab.url).host, '--user', lab.user, '--ca', join(folder, 'ca.pem')];
    const commands = [
      ['credential', 'add', 'lab', ...where, '--password-file', join(folder, 'password')],
      ['credential', 'check', 'lab', '--json'],
      ['vsphere', 'list', 'lab', 'networks'],
    ];
    const places = new Map<string, string>();
    for (const args of commands) {
      const { code, said, seen } = await watched(args, folder);
      expect([args, code, said]).toEqual([args, 0, said]);
      expect(seen.split('\n')).toContain(args[0]);
      places.set(`the output of ${args.join(' ')}`, said);
      places.set(`/proc of ${args.join(' ')}`, seen);
    }
    const secrets = new Map([['the password of the vCenter', lab.password]]);
    expect(found(secrets, new Map([...places, ...(await filesIn(folder))]), [])).toEqual([]);
  });
});

/** A command and, again and again until it ended, its arguments and environment. */
async function watched(args: readonly string[], folder: string) {
  const cli = new URL('../../main/apps/cli/slipway.mjs', import.meta.url).pathname;
  const env = {
    ...process.env,
    SLIPWAY_HOME: join(folder, 'home'),
    SLIPWAY_PASSPHRASE_FILE: join(folder, 'passphrase'),
  };
  const child = spawn(process.execPath, [cli, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = Promise.all([text(child.stdout), text(child.stderr)]);
  const closed = once(child, 'close');
  let seen = '';
  for (;;) {
    const proc = `/proc/${String(child.pid)}`;
    const now = await Promise.all(
      ['cmdline', 'environ'].map((name) => readFile(`${proc}/${name}`, 'latin1').catch(() => '')),
    );
    const lines = now.join('\0').replaceAll('\0', '\n');
    if (lines.trim() !== '' && !seen.includes(lines)) seen += lines;
    const ended = await Promise.race([
      closed.then(() => true),
      new Promise<false>((next) => setTimeout(() => next(false), 50)),
    ]);
    if (ended) break;
  }
  return { code: child.exitCode, said: (await said).join(''), seen };
}

/** A way to the vCenter whose connections can be cut, so that the next request has to make a new one. */
async function relay(): Promise<{ readonly port: number; cut(): void }> {
  const sockets = new Set<Socket>();
  const server = createServer((incoming) => {
    const outgoing = connect(Number(new URL(lab.url).port), '127.0.0.1');
    for (const [socket, other] of [
      [incoming, outgoing],
      [outgoing, incoming],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  onTestFinished(() => {
    cut();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, cut };
}

const failures = ({ events }: Ended) => events.flatMap((event) => (event.type === 'step.failed' ? [event.error] : []));

describe('nothing is sent to a server that is no longer the verified one', () => {
  const moments = ['POST /rest/com/vmware/cis/tagging/category', 'CloneVM_Task', 'PUT /folder/', 'PowerOnVM_Task'];
  const trusts = ['an approved thumbprint', 'a CA'] as const;
  const cases = moments.flatMap((moment, at) => ({
    moment,
    trusted: trusts[at % 2] ?? 'a CA',
    name: `moved-${String(at)}`,
  }));

  it.each(cases)(
    'when its certificate changes during $moment: trusted by $trusted',
    async ({ moment, trusted, name }) => {
      const before = await lab.snapshot();
      const way = await relay();
      const first = await lab.control.replaceCertificate();
      const optionsOf = (sha256: string): VcenterOptions =>
        optionsFor(lab, {
          address: { host: '127.0.0.1', port: way.port },
          ...(trusted === 'a CA' ? {} : { trust: { kind: 'thumbprint', sha256 } }),
        });
      const home = await newHome();
      const at = await changeNumber(moment, name);
      await lab.control.reset();
      await lab.control.holdChange(at, 'before');
      const interrupted = new Pipeline(optionsOf(first), machines(name, 1), home);
      const creating = interrupted.create();
      expect((await lab.control.held()).method).toContain(moment);
      // With the same CA, and for another address.
      const second = await lab.control.replaceCertificate(trusted === 'a CA' ? { addresses: ['10.9.8.7'] } : {});
      way.cut();
      await lab.control.releaseChange({ drop: true });
      await lab.control.reset();
      const ended = await creating;
      interrupted[Symbol.dispose]();
      expect(ended.outcome).toBe('failed');
      const [error] = failures(ended);
      expect(error).toMatchObject(
        trusted === 'a CA'
          ? { code: 'vsphere.certificate_untrusted', params: { thumbprint: second }, retry: 'never' }
          : { code: 'vsphere.certificate_changed', params: { expected: first, thumbprint: second }, retry: 'never' },
      );
      const { requests, logins } = await lab.control.calls();
      expect({ requests, logins }).toEqual({ requests: 0, logins: [] });
      // Somebody has looked: the server was renewed.
      const renewed = await lab.control.replaceCertificate();
      using pipeline = new Pipeline(optionsOf(renewed), machines(name, 1), home);
      expect((await pipeline.create()).outcome).toBe('succeeded');
      expect((await pipeline.remove()).outcome).toBe('succeeded');
      expect(await lab.snapshot()).toEqual(before);
    },
  );
});

/** Which change of an undisturbed create it is, counted from 1. */
async function changeNumber(method: string, name: string): Promise<number> {
  await lab.control.reset();
  using pipeline = await Pipeline.open(optionsFor(lab), machines(name, 1));
  await pipeline.create();
  const call = (await lab.control.list()).find((one) => one.change > 0 && one.method.includes(method));
  await pipeline.remove();
  if (!call) throw new Error(`There is no ${method} in a create.`);
  return call.change;
}
