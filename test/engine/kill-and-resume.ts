import { isDeepStrictEqual } from 'node:util';
import { autoClock } from '#test/fakes/clock.ts';
import { memoryJournal, memoryLeases } from '#test/fakes/journal.ts';
import type { MemoryJournal, MemoryLeases } from '#test/fakes/journal.ts';
import type { Concurrency } from '#main/engine/lanes.ts';
import type { Phase } from '#main/engine/phase.ts';
import type { Plan } from '#main/engine/plan.ts';
import { resumeRun, runPlan } from '#main/engine/runner.ts';
import type { RunEnd } from '#main/engine/runner.ts';
import type { Json } from '#shared/json.ts';
import type { RunEvent } from '#shared/run/events.ts';

/** What is outside and outlives the process: machines, Docker, the cluster, the inventory. */
export interface World<Ports> {
  /** Read afresh for each process: a getter may give new ones, as a new process has new connections. */
  readonly ports: Ports;
  /** The end state that counts, without what may differ from run to run (times, generated ids). */
  snapshot(): Json;
  /** One name per change that was really made ("create node-1/etcd"), in order. Not for calls that found it so. */
  mutations(): readonly string[];
}

export interface KillOptions<Ports extends object> {
  readonly phases: ReadonlyMap<string, Phase<Ports, Json>>;
  readonly plan: Plan;
  /** A world as before the run. Every world must behave alike: same calls in the same order. */
  makeWorld(): World<Ports> | Promise<World<Ports>>;
  readonly document?: Json;
  /** 4 of everything when left out. */
  readonly concurrency?: Concurrency;
  /** Kills at every n-th call only: for a long run whose phases are killed at every call elsewhere. 1 when left out. */
  readonly every?: number;
  /**
   * Changes that an unfinished step may make again although they had been made: a helper container that is created
   * and removed on each attempt. Everything else may happen only as often as in an undisturbed run.
   */
  mayRepeat?(mutation: string): boolean;
}

export interface KillReport {
  /** Calls through ports and journal entries of one undisturbed run. */
  readonly calls: number;
  readonly kills: number;
  /** Steps whose `apply` the undisturbed run started: a check that says "already so" proves little. */
  readonly applied: readonly string[];
}

/**
 * Kills the process before and after every call it makes through a port and every journal entry it writes, resumes it
 * over the same world, and demands the end state of an undisturbed run with no finished mutation repeated.
 * @throws an Error naming the kill point and what differed.
 */
export async function killEverywhere<Ports extends object>(options: KillOptions<Ports>): Promise<KillReport> {
  const undisturbed = await runUndisturbed(options);
  let kills = 0;
  for (const [index, call] of undisturbed.calls.entries()) {
    if (index % (options.every ?? 1) !== 0) continue;
    // When nothing else was under way, dying before this call leaves just what dying after the one before left.
    const sameAsBefore = call.alone && index > 0 && options.every === undefined;
    const sides = sameAsBefore ? (['after'] as const) : (['before', 'after'] as const);
    for (const side of sides) {
      kills += 1;
      await killOnce(options, undisturbed, { call: index + 1, side, name: call.name });
    }
  }
  return { calls: undisturbed.calls.length, kills, applied: undisturbed.applied };
}

/** Runs the plan twice over one world. @throws an Error naming the steps that the second run applied. */
export async function secondRunChangesNothing<Ports extends object>(options: KillOptions<Ports>): Promise<void> {
  const world = await options.makeWorld();
  const outside = { world, journal: memoryJournal(systemTime), leases: memoryLeases() };
  const first = await start(options, outside, startProcess('first'), 'r-1');
  if (first.outcome !== 'succeeded') throw new Error(`The first run ended as ${first.outcome}: ${failures(first)}`);
  const before = world.mutations().length;
  await start(options, outside, startProcess('second'), 'r-2');
  const applied = appliedSteps(outside.journal.events('r-2'));
  const made = world.mutations().slice(before);
  if (applied.length + made.length > 0) {
    throw new Error(`A second run is not empty. Applied: ${list(applied)}. Changed: ${list(made)}.`);
  }
}

/** Runs the plan once, undisturbed. @throws an Error naming the steps that failed. */
export async function runPlanOnce<Ports extends object>(options: KillOptions<Ports>): Promise<void> {
  await runUndisturbed(options);
}

/** Thrown by everything that a dead process still tries. */
export class Killed extends Error {
  constructor() {
    super('This process was killed.');
    this.name = 'Killed';
  }
}

interface KillPoint {
  /** From 1. */
  readonly call: number;
  readonly side: 'before' | 'after';
  readonly name: string;
}

interface Call {
  readonly name: string;
  /** No other call was under way when it was made. */
  readonly alone: boolean;
}

interface Undisturbed {
  readonly calls: readonly Call[];
  /** Names of the calls that answer at once: a dead process fails at them at once, at all others by a rejection. */
  readonly synchronous: ReadonlySet<string>;
  readonly applied: readonly string[];
  readonly snapshot: Json;
  readonly mutations: ReadonlyMap<string, number>;
}

interface Outside<Ports> {
  readonly world: World<Ports>;
  readonly journal: MemoryJournal;
  readonly leases: MemoryLeases;
}

const systemTime = { now: () => 0 };

async function runUndisturbed<Ports extends object>(options: KillOptions<Ports>): Promise<Undisturbed> {
  const world = await options.makeWorld();
  const outside = { world, journal: memoryJournal(systemTime), leases: memoryLeases() };
  const process = startProcess('undisturbed');
  const end = await start(options, outside, process, 'r-1');
  if (end.outcome !== 'succeeded') throw new Error(`The undisturbed run ended as ${end.outcome}: ${failures(end)}`);
  return {
    calls: process.calls,
    synchronous: process.synchronous,
    applied: appliedSteps(outside.journal.events('r-1')),
    snapshot: world.snapshot(),
    mutations: countEach(world.mutations()),
  };
}

async function killOnce<Ports extends object>(
  options: KillOptions<Ports>,
  undisturbed: Undisturbed,
  point: KillPoint,
): Promise<void> {
  const where = `Killed ${point.side} call ${point.call} (${point.name})`;
  const world = await options.makeWorld();
  const outside = { world, journal: memoryJournal(systemTime), leases: memoryLeases() };
  const victim = startProcess('victim', { point, synchronous: undisturbed.synchronous });
  await start(options, outside, victim, 'r-1').catch((thrown: unknown) => {
    if (!victim.dead()) throw new Error(`${where}, but it ended before that.`, { cause: thrown });
  });
  outside.leases.died('victim');
  const finished = finishedSteps(outside.journal.load('r-1')?.events ?? []);
  const seenBefore = outside.journal.load('r-1')?.events.length ?? 0;

  const end = await start(options, outside, startProcess('heir'), 'r-1');
  if (end.outcome !== 'succeeded')
    throw new Error(`${where}, the resumed run ended as ${end.outcome}: ${failures(end)}`);
  const touched = outside.journal
    .events('r-1')
    .slice(seenBefore)
    .flatMap((event) => ('step' in event && finished.has(event.step) ? [event.step] : []));
  if (touched.length > 0) throw new Error(`${where}, these finished steps were done again: ${list(touched)}.`);
  const repeated = [...countEach(world.mutations())]
    .filter(([name, count]) => count > (undisturbed.mutations.get(name) ?? 0) && !options.mayRepeat?.(name))
    .map(([name]) => name);
  if (repeated.length > 0) throw new Error(`${where}, these changes were made again: ${list(repeated)}.`);
  const snapshot = world.snapshot();
  if (!isDeepStrictEqual(snapshot, undisturbed.snapshot)) {
    throw new Error(`${where}, the end state differs: ${firstDifference(undisturbed.snapshot, snapshot, '')}.`);
  }
}

/** The same command again: starts the run if the journal does not know it, resumes it otherwise. */
async function start<Ports extends object>(
  options: KillOptions<Ports>,
  { world, journal, leases }: Outside<Ports>,
  process: Process,
  runId: string,
): Promise<RunEnd> {
  const never = new AbortController().signal;
  const clock = autoClock();
  const runner = {
    phases: options.phases,
    ports: process.wrapPorts(world.ports),
    journal: process.wrap('journal', journal),
    leases: process.wrapUncounted(leases.of(process.name)),
    clock,
    random: () => 0.5,
    meter: { start: () => ({ end: () => ({ peakRssBytes: 0, eventLoopDelayP99Ms: 0 }) }) },
    concurrency: options.concurrency ?? { machines: 4, cluster: 4, local: 4, vcenter: 4 },
    signals: { cancel: never, leave: never },
    onEvent: () => undefined,
    onLog: () => undefined,
  };
  const run = { runId, clusterId: options.plan.clusterId, document: options.document ?? null };
  return journal.load(runId) ? resumeRun({ ...runner, run }) : runPlan({ ...runner, run, plan: options.plan });
}

type Process = ReturnType<typeof startProcess>;

/** One process: counts what it does to the outside, and from its death on can do nothing. */
function startProcess(name: string, fate?: { readonly point: KillPoint; readonly synchronous: ReadonlySet<string> }) {
  const calls: Call[] = [];
  const synchronous = new Set(fate?.synchronous);
  const point = fate?.point;
  let underWay = 0;
  let isDead = false;

  /** `false` when the process is dead. */
  const enter = (label: string): boolean => {
    if (isDead) return false;
    calls.push({ name: label, alone: underWay === 0 });
    isDead = point?.side === 'before' && point.call === calls.length;
    if (!isDead) underWay += 1;
    return !isDead;
  };
  const leave = (call: number) => {
    underWay -= 1;
    if (point?.side === 'after' && point.call === call) isDead = true;
  };
  // As the port would fail: an async method that throws at once would break off a loop that starts several.
  const refuse = (label: string): Promise<never> => {
    if (synchronous.has(label) || /^(journal|leases)\./.test(label)) throw new Killed();
    return Promise.reject(new Killed());
  };

  const counted = (label: string, act: () => unknown): unknown => {
    if (!enter(label)) return refuse(label);
    const call = calls.length;
    let result: unknown;
    try {
      result = act();
    } finally {
      if (!(result instanceof Promise)) leave(call);
    }
    if (!(result instanceof Promise)) {
      synchronous.add(label);
      if (isDead) throw new Killed();
      return result;
    }
    // What a dead process waits for never comes; the runner notices its death by the next heartbeat. A rejection
    // instead would go unhandled where the phase had just been stopped between two calls.
    return new Promise((resolve, reject) => {
      const settle = (answer: () => void) => {
        leave(call);
        if (!isDead) answer();
      };
      result.then(
        (value) => settle(() => resolve(value)),
        (thrown: unknown) => settle(() => reject(thrown instanceof Error ? thrown : new Error(String(thrown)))),
      );
    });
  };
  const uncounted = (label: string, act: () => unknown): unknown => {
    if (isDead) return refuse(label);
    const result = act();
    if (!(result instanceof Promise)) synchronous.add(label);
    return result;
  };

  return {
    name,
    calls: calls as readonly Call[],
    synchronous: synchronous as ReadonlySet<string>,
    dead: () => isDead,
    wrap: <T extends object>(label: string, target: T): T =>
      wrapMethods(target, label, readOnlyCalls(counted, uncounted)),
    wrapUncounted: <T extends object>(target: T): T => wrapMethods(target, 'leases', uncounted),
    /** Looking at the clock touches nothing outside, so it is no place to die. */
    wrapPorts: <Ports extends object>(ports: Ports): Ports =>
      new Proxy(ports, {
        get: (target, key) => {
          const port: unknown = Reflect.get(target, key);
          if (typeof port !== 'object' || port === null) return port;
          return wrapMethods(port, String(key), key === 'clock' ? uncounted : counted);
        },
      }),
  };
}

type Around = (label: string, act: () => unknown) => unknown;

/** Loading the journal happens before anything else and changes nothing. */
function readOnlyCalls(counted: Around, uncounted: Around): Around {
  return (label, act) => (label === 'journal.load' ? uncounted(label, act) : counted(label, act));
}

function wrapMethods<T extends object>(target: T, name: string, around: Around): T {
  return new Proxy(target, {
    get: (object, key) => {
      const method: unknown = Reflect.get(object, key);
      if (typeof method !== 'function') return method;
      return (...args: readonly unknown[]) =>
        around(`${name}.${String(key)}`, () => Reflect.apply(method, object, args) as unknown);
    },
  });
}

function finishedSteps(events: readonly RunEvent[]): ReadonlySet<string> {
  return new Set(
    events.flatMap((event) => (event.type === 'step.succeeded' || event.type === 'step.skipped' ? [event.step] : [])),
  );
}

function appliedSteps(events: readonly RunEvent[]): readonly string[] {
  return events.flatMap((event) => (event.type === 'step.applying' ? [event.step] : []));
}

function countEach(names: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

function failures({ view }: RunEnd): string {
  const failed = view.stepChunks.flat().flatMap((step) => (step.status === 'failed' ? [step] : []));
  return failed.map(({ id, error }) => `${id}: ${error.code}: ${error.cause}`).join('; ');
}

function list(names: readonly string[]): string {
  return names.length === 0 ? 'none' : [...new Set(names)].join(', ');
}

/** Where two end states part, such as `machines.node-1.files`. */
function firstDifference(expected: unknown, found: unknown, path: string): string {
  if (isRecord(expected) && isRecord(found)) {
    for (const key of new Set([...Object.keys(expected), ...Object.keys(found)])) {
      if (!isDeepStrictEqual(expected[key], found[key])) {
        return firstDifference(expected[key], found[key], path === '' ? key : `${path}.${key}`);
      }
    }
  }
  return `${path === '' ? 'everything' : path} is ${shorten(found)} instead of ${shorten(expected)}`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function shorten(value: unknown): string {
  return value === undefined ? 'absent' : JSON.stringify(value).slice(0, 300);
}
