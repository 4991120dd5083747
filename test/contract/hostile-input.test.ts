import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClientPort, ServerFrame } from '#shared/contract/envelope.ts';
import { contract, type OperationName, operationNames } from '#shared/contract/index.ts';
import { recordingService } from './recording-service.ts';
import { samples } from './samples.ts';
import { transports } from './transports.ts';

const allows = () => true;

/** Sends whatever it is given, and answers with the last frame of that id (or without one). */
function talk(port: ClientPort) {
  const waiting: ((frame: ServerFrame) => void)[] = [];
  port.listen({
    frame: (frame) => {
      if (frame.type === 'hello' || frame.type === 'beat' || frame.type === 'frame') return;
      waiting.shift()?.(frame);
    },
    closed: () => {
      for (const tell of waiting) tell({ type: 'end', id: 'the connection was closed' });
    },
  });
  return (message: unknown): Promise<string> =>
    new Promise((resolve) => {
      waiting.push((frame) => resolve(frame.type === 'error' ? frame.error.code : frame.type));
      port.send(message as never);
    });
}

let lastId = 0;
function frameFor(operation: string, input: unknown) {
  const isStream = Object.hasOwn(contract, operation) && contract[operation as OperationName].kind === 'stream';
  return { type: isStream ? 'open' : 'call', id: `f${++lastId}`, operation, input };
}

const anyOperation = fc.constantFrom(...operationNames);
const withFields = operationNames.filter((name) => Object.keys(samples[name]).length > 0);

/** No field of the contract is a whole object of these, so each is of a wrong type wherever it stands; but for these. */
const rightAllTheSame = (name: OperationName, field: string, value: unknown): boolean =>
  (name === 'drafts.put' && field === 'content') || (Array.isArray(value) && value.length === 0 && isList(name, field));
const isList = (name: OperationName, field: string): boolean =>
  Array.isArray(new Map<string, unknown>(Object.entries(samples[name])).get(field)) && !neverEmpty.has(field);
const neverEmpty: ReadonlySet<string> = new Set(['kinds']);
const wrongType = fc.constantFrom<unknown>([], [[]], { a: 1 }, -1, 1.5, 1e300, [null], { length: 1 });
const hugeText = fc.integer({ min: 1024 * 1024 + 1, max: 1_200_000 }).map((length) => 'x'.repeat(length));

function keyAt(name: OperationName, at: number): string {
  const keys = Object.keys(samples[name]);
  return keys[at % keys.length] ?? '';
}

/** A sample made wrong in one place. */
const malformed: fc.Arbitrary<readonly [OperationName, unknown]> = fc.oneof(
  fc
    .tuple(fc.constantFrom(...withFields), fc.nat(), wrongType)
    .map(([name, at, value]) => [name, keyAt(name, at), value] as const)
    .filter(([name, field, value]) => !rightAllTheSame(name, field, value))
    .map(([name, field, value]) => [name, { ...samples[name], [field]: value }] as const),
  fc.tuple(anyOperation, fc.string({ minLength: 1 }), fc.jsonValue()).map(([name, key, value]) => {
    return [name, { ...samples[name], [`x-${key}`]: value }] as const;
  }),
  fc
    .tuple(anyOperation, fc.constantFrom('__proto__', 'constructor', 'prototype'), fc.jsonValue())
    .map(([name, key, value]) => {
      return [name, Object.defineProperty({ ...samples[name] }, key, { value, enumerable: true })] as const;
    }),
  fc
    .tuple(anyOperation, fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.array(fc.jsonValue())))
    .map(([name, input]) => [name, input] as const),
  fc.tuple(fc.constantFrom(...withFields), fc.nat(), hugeText).map(([name, at, value]) => {
    return [name, { ...samples[name], [keyAt(name, at)]: value }] as const;
  }),
);

const hostileName = fc.oneof(
  fc.constantFrom('__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', 'clusters', '', 'runs.*'),
  fc.string({ maxLength: 64 }),
);

describe.each(transports)('hostile input over $name', ({ name: transport, open }) => {
  it('has a sample of every operation that gets through', async () => {
    const { service, calls } = recordingService();
    const say = talk((await open({ service, allows })).port);
    for (const name of operationNames) {
      const code = await say(frameFor(name, samples[name]));
      expect([name, ['rpc.bad_input', 'rpc.bad_frame', 'rpc.unknown_operation'].includes(code)]).toEqual([name, false]);
    }
    expect(calls.map(({ operation }) => operation)).toEqual(operationNames);
  });

  it('refuses every malformed input of every operation, and reaches none', { timeout: 120_000 }, async () => {
    const { service, calls } = recordingService();
    const { port, faults } = await open({ service, allows });
    const say = talk(port);
    await fc.assert(
      fc.asyncProperty(malformed, async ([operation, input]) => {
        expect(['rpc.bad_input', 'rpc.bad_frame']).toContain(await say(frameFor(operation, input)));
      }),
      { numRuns: transport === 'memory' ? 1000 : 300 },
    );
    expect([calls, faults]).toEqual([[], []]);
  });

  it('refuses everything, whatever is asked, where the host allows nothing', async () => {
    const { service, calls } = recordingService();
    const say = talk((await open({ service, allows: () => false })).port);
    for (const name of operationNames) {
      expect([name, await say(frameFor(name, samples[name]))]).toEqual([name, 'rpc.not_allowed']);
    }
    expect(calls).toEqual([]);
  });

  it('knows no operation but those of the contract', async () => {
    const { service, calls } = recordingService();
    const say = talk((await open({ service, allows })).port);
    await fc.assert(
      fc.asyncProperty(
        hostileName.filter((name) => !Object.hasOwn(contract, name)),
        fc.constantFrom('call', 'open'),
        async (operation, type) => {
          const code = await say({ type, id: `n${++lastId}`, operation, input: {} });
          expect(code).toBe('rpc.unknown_operation');
        },
      ),
      { numRuns: 200 },
    );
    expect(await say({ type: 'call', id: 'n', operation: 'runs.watch', input: samples['runs.watch'] })).toBe(
      'rpc.unknown_operation',
    );
    expect(calls).toEqual([]);
  });

  it('refuses what is nested too deep or has too many values', async () => {
    const { service, calls } = recordingService();
    const say = talk((await open({ service, allows })).port);
    let deep: unknown = 'bottom';
    for (let depth = 0; depth < 1000; depth += 1) deep = { a: deep };
    const wide = { kinds: Array.from({ length: 20_000 }, () => 'networks') };
    expect(await say(frameFor('clusters.get', deep))).toBe('rpc.bad_frame');
    expect(await say(frameFor('vsphere.choices', { ...samples['vsphere.choices'], ...wide }))).toBe('rpc.bad_frame');
    expect(calls).toEqual([]);
  });

  it('never says what it was given: that may be a password in the wrong place', async () => {
    const { service } = recordingService();
    const { port } = await open({ service, allows });
    const frames: ServerFrame[] = [];
    port.listen({ frame: (frame) => frames.push(frame), closed: () => undefined });
    const wrong = { ...samples['credentials.add'], password: ['hunter2'], trust: { kind: 'hunter2' } };
    port.send({ type: 'call', id: 'p', operation: 'credentials.add', input: wrong });
    port.send({ type: 'call', id: 'q', operation: 'credentials.add', input: { ...wrong, password: 'x' } });
    await expect.poll(() => frames.filter(({ type }) => type === 'error').length).toBe(2);
    expect(JSON.stringify(frames)).not.toContain('hunter2');
  });
});

// The preload makes every frame itself: a page cannot even say what is none. See preload/bridge.ts.
const withFrames = transports.filter(({ name }) => name !== 'preload');

describe.each(withFrames)('what is no frame over $name', ({ open }) => {
  it('is refused', async () => {
    const { service, calls } = recordingService();
    const say = talk((await open({ service, allows })).port);
    const noFrames: readonly unknown[] = [
      null,
      7,
      'call',
      [],
      {},
      { type: 'call' },
      { type: 'call', id: 1, operation: 'clusters.list', input: {} },
      { type: 'call', id: '../..', operation: 'clusters.list', input: {} },
      { type: 'call', id: 'x'.repeat(65), operation: 'clusters.list', input: {} },
      { type: 'call', id: 'a', operation: ['clusters.list'], input: {} },
      { type: 'call', id: 'a', operation: 'clusters.list', input: {}, more: 1 },
      { type: 'eval', id: 'a', code: 'process.exit()' },
      { type: 'result', id: 'a', output: {} },
      { type: 'ack', id: 'a', n: 0 },
    ];
    for (const message of noFrames) expect(await say(message)).toBe('rpc.bad_frame');
    expect(calls).toEqual([]);
  });
});

describe('a message port', () => {
  it('refuses what JSON does not have: circles, maps, big integers', async () => {
    const { service, calls } = recordingService();
    const transport = transports.find(({ name }) => name === 'message port');
    const opened = await transport?.open({ service, allows });
    if (!opened) throw new TypeError('There is a message port.');
    const say = talk(opened.port);
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    for (const input of [circle, new Map([['cluster', 'home']]), { cluster: 7n }, { cluster: new Date(0) }]) {
      expect(['rpc.bad_input', 'rpc.bad_frame']).toContain(await say(frameFor('clusters.get', input)));
    }
    expect(calls).toEqual([]);
  });
});
