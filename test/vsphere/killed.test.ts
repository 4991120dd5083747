import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClusterSpec } from '#shared/spec/cluster.ts';
import { LabVcenter } from '#test/lab/vcenter/vcenter.ts';
import type { KilledInput } from './killed-child.ts';
import { optionsFor } from './open.ts';
import { newHome, Pipeline, specOfPools } from './pipeline.ts';

let lab: LabVcenter;
const compiled = await mkdtemp(join(tmpdir(), 'slipway-compiled-'));
/** Calls of an undisturbed create that change something in vCenter, by what they call. */
let changes: readonly string[];

const twoMachines = (name: string): ClusterSpec =>
  specOfPools(name, [{ name: 'all', template: 'small', count: 2, roles: ['etcd', 'controlplane', 'worker'] }]);

beforeAll(async () => {
  lab = await LabVcenter.start();
  using pipeline = await Pipeline.open(optionsFor(lab), twoMachines('undisturbed'));
  await lab.control.reset();
  await pipeline.create();
  changes = (await lab.control.list()).filter((call) => call.change).map(({ method }) => method);
  await pipeline.remove();
});
afterAll(async () => {
  await lab[Symbol.asyncDispose]();
  await rm(compiled, { recursive: true, force: true });
});

/** A process of its own, dead by SIGKILL with its n-th change before vCenter, or done by vCenter and not answered. */
async function killAt(n: number, when: 'before' | 'after', spec: ClusterSpec, home: string): Promise<string> {
  await lab.control.reset();
  await lab.control.holdChange(n, when);
  const child = spawn(process.execPath, [join(import.meta.dirname, 'killed-child.ts')], {
    stdio: ['pipe', 'ignore', 'pipe'],
    // Half of such a short life would be compiling.
    env: { ...process.env, NODE_COMPILE_CACHE: compiled },
  });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
  const ended = once(child, 'close');
  const { url, caPem, user, password } = lab;
  child.stdin.end(JSON.stringify({ url, caPem, user, password, spec, home } satisfies KilledInput));
  const gaveUp = new AbortController();
  const held = lab.control.held(gaveUp.signal);
  const first = await Promise.race([held, ended.then(() => undefined)]);
  gaveUp.abort();
  child.kill('SIGKILL');
  await ended;
  await lab.control.releaseChange({ drop: true });
  if (!first) throw new Error(`It ended before its change ${String(n)}:\n${log}`);
  return first.method;
}

describe('a create that is killed between any two calls to vCenter', () => {
  it('is resumed to exactly the machines that were wished for, and nothing is left when they are removed', async () => {
    const before = await lab.snapshot();
    expect(changes.length).toBeGreaterThan(20);
    const killed = async (n: number, when: 'before' | 'after'): Promise<void> => {
      const name = `k${String(n)}${when === 'before' ? 'b' : 'a'}`;
      const spec = twoMachines(name);
      const home = await newHome();
      const method = await killAt(n, when, spec, home);
      const at = `killed ${when} change ${String(n)} (${method})`;
      using pipeline = new Pipeline(optionsFor(lab), spec, home);
      const { outcome, events } = await pipeline.resume();
      const failed = events.flatMap((event) => (event.type === 'step.failed' ? [event.error.cause] : []));
      expect([at, outcome, failed]).toEqual([at, 'succeeded', []]);
      const { vms, files } = await lab.snapshot();
      const ours = vms.filter(({ path }) => path.includes(`/slipway/${name}/`)).map(({ path }) => path);
      expect([at, ours.sort()]).toEqual([at, [1, 2].map((i) => `/DC0/vm/slipway/${name}/${name}-all-${String(i)}`)]);
      const isos = Object.values(files)
        .flat()
        .filter((file) => file.endsWith('.iso'));
      expect([at, isos]).toEqual([at, []]);
      await pipeline.remove();
      expect([at, await lab.snapshot()]).toEqual([at, before]);
    };
    await killed(1, 'before');
    for (let n = 1; n <= changes.length; n += 1) await killed(n, 'after');
    expect((await lab.control.calls()).invalid).toEqual([]);
  }, 600_000);
});
