import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openSlipway } from '#main/api/open.ts';
import type { Slipway } from '#main/api/slipway.ts';
import { nodeHost } from '#main/apps/node-host.ts';
import { createRedactor } from '#main/secrets/redactor.ts';
import { Store } from '#main/store/store.ts';
import type { Client, LogFrame, RunFrame } from '#shared/contract/index.ts';
import { initialView, reduce } from '#shared/run/reducer.ts';
import type { RunView } from '#shared/run/view.ts';
import { planView } from '#main/engine/plan.ts';
import { generateKeyPairSync } from 'node:crypto';
import { metrics, plan } from '../../unit/api/world-for-test.ts';
import { specNamed } from '../../unit/store/home-for-test.ts';
import { clientOf, type Hosted, hosted, temporaryFolder } from './web-host-for-test.ts';

/** The real thing over a real inventory, as `slipway-web` opens it. */
async function realSlipway(home: string): Promise<Slipway> {
  const passphrase = join(home, 'passphrase');
  await writeFile(passphrase, 'correct horse battery staple\n', { mode: 0o600 });
  const env = { SLIPWAY_PASSPHRASE_FILE: passphrase };
  return openSlipway({ home, env, label: 'slipway-web', ...nodeHost() });
}

async function realHost(): Promise<Hosted & { readonly slipway: Slipway }> {
  const home = await temporaryFolder();
  const slipway = await realSlipway(home);
  const here = await hosted(slipway);
  onTestFinished(async () => {
    await here.close();
    await slipway[Symbol.asyncDispose]();
  });
  return { ...here, slipway };
}

/** As a command line in another process would: the same home, its own database connection and lease. */
function commandLine(home: string): Store {
  const redaction = createRedactor();
  const openVault = () => Promise.reject(new Error('no secret is needed here'));
  const store = new Store({ home, openVault, redaction, label: 'slipway up', heartbeatLimitMs: 20_000 });
  onTestFinished(() => store.close());
  return store;
}

/** Folds the frames as the renderer does. */
async function viewOfRun(
  client: Client,
  runId: string,
  after: number,
  from: RunView,
  until: (view: RunView) => boolean,
) {
  const frames: RunFrame[] = [];
  let view = from;
  for await (const frame of client.open('runs.watch', { runId, after })) {
    frames.push(frame);
    if (frame.kind === 'snapshot') view = frame.view;
    if (frame.kind === 'events') view = frame.events.reduce(reduce, view);
    if (until(view) && frame.kind !== 'ended') break;
  }
  return { frames, view };
}

const toTheEnd = (): boolean => false;

describe('a run that a command line drives', () => {
  it('is watched over HTTP: a snapshot, then events, then the end, with its log', async () => {
    const here = await realHost();
    const client = await clientOf(here);
    const driver = commandLine(here.home);
    const { id } = driver.clusters.create({ spec: specNamed('home'), release: 'v1.36.3' });
    driver.leases.acquire(id, 'r-1');
    driver.journal.start(
      { runId: 'r-1', clusterId: id, plan: { ...plan, clusterId: id }, document: null },
      { type: 'run.started', runId: 'r-1', plan: planView(plan) },
    );
    const log = driver.openLog('r-1');
    const lines: LogFrame['lines'][number][] = [];
    const reading = (async () => {
      for await (const frame of client.open('runs.log', { runId: 'r-1', step: 'docker/node-1' })) {
        lines.push(...frame.lines);
      }
    })();
    const step = 'docker/node-1';
    const kinds: string[] = [];
    let view: RunView = initialView();
    for await (const frame of client.open('runs.watch', { runId: 'r-1' })) {
      kinds.push(frame.kind);
      if (frame.kind === 'snapshot') {
        view = frame.view;
        log.write({ at: 1, step, line: 'installing' });
        log.write({ at: 2, step: 'etcd/node-1', line: 'of another step' });
        driver.journal.append('r-1', [{ type: 'step.applying', step, attempt: 1, reason: 'missing' }]);
      }
      if (frame.kind !== 'events') continue;
      view = frame.events.reduce(reduce, view);
      if (view.counts.running === 0) continue;
      log.write({ at: 3, step, line: 'installed' });
      log.close();
      driver.journal.append('r-1', [
        { type: 'step.succeeded', step },
        { type: 'run.finished', outcome: 'succeeded', metrics },
      ]);
      driver.leases.release(id, 'r-1');
    }
    expect(kinds).toEqual(['snapshot', 'events', 'events', 'ended']);
    expect(view).toMatchObject({ status: 'succeeded', seq: 4, counts: { succeeded: 1 } });
    await reading;
    expect(lines).toEqual([
      { number: 1, at: 1, step, line: 'installing' },
      { number: 3, at: 3, step, line: 'installed' },
    ]);
  });
});

describe('a run that this host drives', () => {
  /** One machine where nothing listens: the run tries again and again, which is all that is needed here. */
  async function specText(home: string): Promise<string> {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const key = join(home, 'key');
    await writeFile(key, privateKey.export({ type: 'pkcs1', format: 'pem' }), { mode: 0o600 });
    return `
apiVersion: slipway.dev/v1
kind: Cluster
metadata: { name: home }
spec:
  ssh: { auth: { kind: key, key: 'file:${key}' } }
  machines:
    - { name: node-1, address: 127.0.0.1, port: 1, roles: [etcd, controlplane, worker] }
`;
  }

  it('goes on without its page, is cancelled, resumed, left by the host, and is there for the next one', async () => {
    const here = await realHost();
    const client = await clientOf(here);
    const text = await specText(here.home);
    expect(await client.call('specs.check', { text })).toMatchObject({ problems: [] });

    const started = await client.call('runs.start', { text });
    expect(started.watching).toBe(false);
    const { runId } = started;
    const busy = (view: RunView): boolean => view.counts.running > 0;
    const first = await viewOfRun(client, runId, 0, initialView(), busy);
    expect(first.view.status).toBe('running'); // and the page has gone

    expect(await client.call('runs.start', { text })).toEqual({ ...started, watching: true });
    expect(await client.call('runs.cancel', { cluster: 'home' })).toEqual({ asked: true });
    const second = await viewOfRun(client, runId, first.view.seq, first.view, toTheEnd);
    expect(second.frames.map(({ kind }) => kind)).not.toContain('snapshot');
    expect(second.frames.at(-1)).toMatchObject({ kind: 'ended', state: 'cancelled' });
    expect(second.view.status).toBe('cancelled');

    expect(await client.call('runs.resume', { run: runId })).toEqual(started);
    await viewOfRun(client, runId, second.view.seq, second.view, busy);
    expect(await here.close()).toEqual([{ runId, clusterId: started.clusterId, cluster: 'home' }]);
    await here.slipway[Symbol.asyncDispose]();

    const next = await hosted(await realSlipway(here.home));
    const again = await clientOf(next);
    expect(await again.call('runs.list', { cluster: 'home' })).toMatchObject([{ runId, state: 'interrupted' }]);
    const { frames } = await viewOfRun(again, runId, 0, initialView(), toTheEnd);
    expect(frames.map(({ kind }) => kind)).toEqual(['snapshot', 'ended']);
    expect(frames.at(-1)).toMatchObject({ state: 'interrupted', clusterGone: false });
  });

  it('says every problem of a spec and starts nothing with it', async () => {
    const here = await realHost();
    const client = await clientOf(here);
    const text = (await specText(here.home)).replace('[etcd, controlplane, worker]', '[worker]');
    const { problems } = await client.call('specs.check', { text });
    expect(problems.length).toBeGreaterThan(0);
    expect(await client.call('specs.check', { text: '{' })).toMatchObject({ problems: [{ code: 'spec.unreadable' }] });
    await expect(client.call('runs.start', { text })).rejects.toMatchObject({ code: 'spec.invalid' });
    expect(await client.call('clusters.list', {})).toEqual([]);
  });
});
