import { describe, expect, it } from 'vitest';
import { createClient } from '#shared/contract/client.ts';
import { type ServerFrame, streamWindow } from '#shared/contract/envelope.ts';
import type { LogFrame, Service } from '#shared/contract/index.ts';
import { errorData } from '#shared/errors/define.ts';
import { runErrors } from '#shared/errors/run.ts';
import { recordingService } from './recording-service.ts';
import { transports } from './transports.ts';

const runId = 'run-1';
const allows = () => true;

async function codeOf(act: Promise<unknown>): Promise<string> {
  return act.then(
    () => 'no error',
    (thrown: unknown) => errorData(thrown).code,
  );
}

/** Numbers its frames from `after` on for ever, and says how many it was asked for and whether it was told to stop. */
function counting() {
  const seen = { made: 0, stopped: false };
  const log: Service['runs.log'] = async function* ({ after }, signal) {
    try {
      for (let number = after + 1; !signal.aborted; number += 1) {
        seen.made += 1;
        await Promise.resolve();
        yield { lines: [{ number, at: 0, step: 'docker/node-1', line: `line ${number}` }], next: number };
      }
    } finally {
      seen.stopped = true;
    }
  };
  return { seen, log };
}

async function take(frames: AsyncIterable<LogFrame>, count: number): Promise<number[]> {
  const numbers: number[] = [];
  for await (const { lines } of frames) {
    numbers.push(...lines.map(({ number }) => number));
    if (numbers.length >= count) break;
  }
  return numbers;
}

describe.each(transports)('the contract over $name', ({ open }) => {
  it('answers a call with what the operation answers', async () => {
    const { service } = recordingService({ 'clusters.spec': async ({ cluster }) => ({ text: `name: ${cluster}` }) });
    const { port } = await open({ service, allows });
    const client = createClient(port);
    expect(await client.call('clusters.spec', { cluster: 'home' })).toEqual({ text: 'name: home' });
  });

  it('serves many calls at once, each with its own answer', async () => {
    const { service } = recordingService({ 'clusters.spec': async ({ cluster }) => ({ text: cluster }) });
    const { port } = await open({ service, allows });
    const client = createClient(port);
    const names = Array.from({ length: 50 }, (_, index) => `c${index}`);
    const answers = await Promise.all(names.map((cluster) => client.call('clusters.spec', { cluster })));
    expect(answers.map(({ text }) => text)).toEqual(names);
  });

  it('fills in what may be left out', async () => {
    const { service, calls } = recordingService({
      'runs.remove': async () => ({ runId, clusterId: 'c-1', watching: false }),
    });
    const { port } = await open({ service, allows });
    await createClient(port).call('runs.remove', { cluster: 'home' });
    expect(calls).toEqual([{ operation: 'runs.remove', input: { cluster: 'home', forgetUnreachable: false } }]);
  });

  it('hands on errors as data, with hint, parameters and chain', async () => {
    const cause = runErrors.unknown({ run: 'r-1' });
    const thrown = runErrors.busy({ cluster: 'home', run: 'r-2' }, { cause, target: 'home' });
    const { service } = recordingService({ 'runs.list': () => Promise.reject(thrown) });
    const { port, faults } = await open({ service, allows });
    const caught: unknown = await createClient(port)
      .call('runs.list', { cluster: 'home' })
      .catch((e: unknown) => e);
    expect(errorData(caught)).toEqual(thrown.data);
    expect(faults).toEqual([]);
  });

  it('tells nothing of an unexpected error but the id under which it is logged', async () => {
    const secret = new Error('the password hunter2 was wrong');
    const wrapped = runErrors.unknown({ run: 'r-1' }, { cause: secret });
    const { service } = recordingService({
      'runs.list': () => Promise.reject(secret),
      'clusters.list': () => Promise.reject(wrapped),
    });
    const { port, faults } = await open({ service, allows });
    const client = createClient(port);
    const plain: unknown = await client.call('runs.list', { cluster: 'home' }).catch((e: unknown) => e);
    const inChain: unknown = await client.call('clusters.list', {}).catch((e: unknown) => e);
    expect(JSON.stringify([errorData(plain), errorData(inChain)])).not.toContain('hunter2');
    expect([errorData(plain).code, errorData(inChain).code]).toEqual(['internal.unexpected', 'run.unknown']);
    expect(faults.map(({ operation, thrown }) => [operation, thrown])).toEqual([['runs.list', secret]]);
    expect(errorData(plain).hint).toContain(faults[0]?.correlationId);
  });

  it('refuses an answer that the contract does not allow, and logs it', async () => {
    const { service } = recordingService({ 'clusters.spec': (async () => ({ text: 7 })) as never });
    const { port, faults } = await open({ service, allows });
    expect(await codeOf(createClient(port).call('clusters.spec', { cluster: 'home' }))).toBe('rpc.bad_output');
    expect(faults).toHaveLength(1);
  });

  it('refuses what the host does not allow before it looks at the input', async () => {
    const { service, calls } = recordingService();
    const { port } = await open({ service, allows: (_name, { effect }) => effect === 'read' });
    expect(await codeOf(createClient(port).call('runs.start', { text: 'x' }))).toBe('rpc.not_allowed');
    expect(calls).toEqual([]);
  });

  it('cancels one of two calls to the same operation without touching the other', async () => {
    const signals: AbortSignal[] = [];
    const release = Promise.withResolvers<undefined>();
    const both = Promise.withResolvers<undefined>();
    const { service } = recordingService({
      'clusters.spec': async ({ cluster }, signal) => {
        if (signals.push(signal) === 2) both.resolve(undefined);
        await release.promise;
        return { text: cluster };
      },
    });
    const { port } = await open({ service, allows });
    const client = createClient(port);
    const cancel = new AbortController();
    const first = client.call('clusters.spec', { cluster: 'a' }, { signal: cancel.signal });
    const second = client.call('clusters.spec', { cluster: 'b' });
    await both.promise;
    const told = new Promise((resolve) => signals[0]?.addEventListener('abort', resolve));
    cancel.abort();
    expect(await codeOf(first)).toBe('rpc.cancelled');
    await told;
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
    release.resolve(undefined);
    expect(await second).toEqual({ text: 'b' });
  });

  it('sends nothing for a call that was cancelled before it began', async () => {
    const { service, calls } = recordingService();
    const { port } = await open({ service, allows });
    const signal = AbortSignal.abort();
    expect(await codeOf(createClient(port).call('clusters.list', {}, { signal }))).toBe('rpc.cancelled');
    expect(calls).toEqual([]);
  });

  it('streams in order, goes on from where a reader was, and stops when it is left', async () => {
    const { seen, log } = counting();
    const { service } = recordingService({ 'runs.log': log });
    const { port } = await open({ service, allows });
    const client = createClient(port);
    const first = await take(client.open('runs.log', { runId }), 40);
    const next = await take(client.open('runs.log', { runId, after: first.at(-1) ?? 0 }), 40);
    expect([...first, ...next]).toEqual(Array.from({ length: 80 }, (_, index) => index + 1));
    await expect.poll(() => seen.stopped).toBe(true);
  });

  it('ends a stream where the operation ends it, and hands on its error', async () => {
    const { service } = recordingService({
      'runs.log': async function* () {
        yield { lines: [], next: 1 };
      },
      'runs.watch': async function* () {
        yield { kind: 'ended', seq: 1, state: 'failed', clusterGone: false } as const;
        throw runErrors.unknown({ run: runId });
      },
    });
    const { port } = await open({ service, allows });
    const client = createClient(port);
    expect(await Array.fromAsync(client.open('runs.log', { runId }))).toEqual([{ lines: [], next: 1 }]);
    expect(await codeOf(Array.fromAsync(client.open('runs.watch', { runId })))).toBe('run.unknown');
  });

  it('holds up a stream that is not read, makes nothing for it meanwhile, and serves everything else', async () => {
    const { seen, log } = counting();
    const { service } = recordingService({ 'runs.log': log, 'clusters.spec': async () => ({ text: 'here' }) });
    const { port } = await open({ service, allows });
    const client = createClient(port);
    const frames = client.open('runs.log', { runId })[Symbol.asyncIterator]();
    expect((await frames.next()).value).toMatchObject({ next: 1 });
    for (let round = 0; round < 20; round += 1) await client.call('clusters.spec', { cluster: 'x' });
    expect(seen.made).toBe(streamWindow);
    for (let n = 2; n <= 100; n += 1) expect((await frames.next()).value).toMatchObject({ next: n });
    expect(seen.made).toBeLessThanOrEqual(100 + streamWindow);
    await frames.return?.();
    await expect.poll(() => seen.stopped).toBe(true);
  });

  it('cancels what a client had open when it goes away without a word', async () => {
    const { seen, log } = counting();
    const { service } = recordingService({ 'runs.log': log });
    const { port, drop } = await open({ service, allows });
    const frames = createClient(port).open('runs.log', { runId })[Symbol.asyncIterator]();
    await frames.next();
    drop();
    await expect.poll(() => seen.stopped).toBe(true);
    const rest = async () => {
      while (!(await frames.next()).done);
    };
    expect(await codeOf(rest())).toBe('rpc.disconnected');
  });

  it('bounds how much one client can have open', async () => {
    const { service } = recordingService({ 'clusters.list': () => new Promise(() => undefined) });
    const { port } = await open({ service, allows });
    const client = createClient(port);
    const calls = Array.from({ length: 65 }, () => codeOf(client.call('clusters.list', {})));
    expect(await Promise.race(calls)).toBe('rpc.too_many_calls');
  });

  it('refuses a second call with an id that is open, and acks of what was never sent', async () => {
    const { seen, log } = counting();
    const { service } = recordingService({ 'runs.log': log });
    const { port } = await open({ service, allows });
    const frames: ServerFrame[] = [];
    port.listen({ frame: (frame) => frames.push(frame), closed: () => undefined });
    port.send({ type: 'open', id: '1', operation: 'runs.log', input: { runId } });
    port.send({ type: 'ack', id: '1', n: 1_000_000 });
    port.send({ type: 'open', id: '1', operation: 'runs.log', input: { runId } });
    const refused = (frame: ServerFrame) => frame.type === 'error' && frame.error.code === 'rpc.id_in_use';
    await expect.poll(() => frames.some(refused)).toBe(true);
    await expect.poll(() => frames.length).toBe(streamWindow + 1);
    expect(seen.made).toBe(streamWindow);
  });
});
