import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { LeaseHolder } from '#main/engine/journal.ts';
import type { Database } from '#main/store/database/database.ts';
import { leasesIn, type LeaseOptions, type StoredLeases } from '#main/store/runs/leases.ts';
import { openDatabase } from '#main/store/database/open-database.ts';
import { lookAtProcess, type ProcessSeen, thisProcess } from '#main/store/runs/processes.ts';
import { query } from '#main/store/database/tables.ts';
import { startChild } from './child.ts';
import { openStore, specNamed, temporaryHome } from './home-for-test.ts';

const cluster = 'c-abcde';

class Desk {
  readonly db: Database;
  time = 1_000_000;
  /** Process ids of this computer and what a look at them tells. */
  readonly processes = new Map<number, ProcessSeen>();

  constructor() {
    this.db = openDatabase(join(temporaryHome(), 'slipway.db'), () => this.time).db;
    const row = { id: cluster, name: 'a', spec: '{}', release: 'v1', created_at: 1, updated_at: 1 };
    this.db.run(query.insertInto('clusters').values(row));
  }

  leases(holder: LeaseHolder, options: Partial<LeaseOptions> = {}): StoredLeases {
    const processes = (pid: number): ProcessSeen => this.processes.get(pid) ?? { kind: 'gone' };
    return leasesIn(this.db, { holder, heartbeatLimitMs: 1000, now: () => this.time, processes, ...options });
  }
}

const here = (pid: number): LeaseHolder => ({
  hostname: 'here',
  pid,
  processStart: `start-${pid}`,
  label: 'slipway up',
});
const elsewhere: LeaseHolder = { hostname: 'elsewhere', pid: 7, processStart: 'start-7', label: 'slipway up' };
const running = (pid: number): ProcessSeen => ({ kind: 'running', start: `start-${pid}` });

describe('a lease', () => {
  it('is had by one; the other learns who has it and for which run', () => {
    const desk = new Desk();
    desk.processes.set(1, running(1));
    expect(desk.leases(here(1)).acquire(cluster, 'run-1')).toEqual({ kind: 'acquired' });
    expect(desk.leases(here(2)).acquire(cluster, 'run-2')).toEqual({ kind: 'held', by: here(1), runId: 'run-1' });
  });

  it('can be taken again by its own holder for the same run, not for another one', () => {
    const desk = new Desk();
    desk.processes.set(1, running(1));
    const leases = desk.leases(here(1));
    leases.acquire(cluster, 'run-1');
    expect(leases.acquire(cluster, 'run-1')).toEqual({ kind: 'acquired' });
    expect(leases.acquire(cluster, 'run-2')).toMatchObject({ kind: 'held', runId: 'run-1' });
  });

  it('is free again after its release', () => {
    const desk = new Desk();
    desk.processes.set(1, running(1));
    desk.leases(here(1)).acquire(cluster, 'run-1');
    desk.leases(here(1)).release(cluster, 'run-1');
    expect(desk.leases(here(2)).acquire(cluster, 'run-2')).toEqual({ kind: 'acquired' });
  });

  it.each<{ seen: ProcessSeen; ageMs: number; taken: boolean; why: string }>([
    { seen: { kind: 'gone' }, ageMs: 0, taken: true, why: 'is taken at once from a dead process' },
    {
      seen: { kind: 'running', start: 'later' },
      ageMs: 0,
      taken: true,
      why: 'is taken at once when the process id belongs to another process now',
    },
    {
      seen: running(1),
      ageMs: 60_000,
      taken: false,
      why: 'stays with a living process whose heartbeat is old: the laptop slept',
    },
    {
      seen: { kind: 'exists' },
      ageMs: 999,
      taken: false,
      why: 'stays while the heartbeat is young where the system tells no start time',
    },
    {
      seen: { kind: 'exists' },
      ageMs: 1001,
      taken: true,
      why: 'is taken after the limit where the system tells no start time',
    },
  ])('$why', ({ seen, ageMs, taken }) => {
    const desk = new Desk();
    desk.leases(here(1)).acquire(cluster, 'run-1');
    desk.processes.set(1, seen);
    desk.time += ageMs;
    expect(desk.leases(here(2)).acquire(cluster, 'run-2').kind).toBe(taken ? 'acquired' : 'held');
  });

  it('of another computer is judged by its heartbeat alone', () => {
    const desk = new Desk();
    desk.leases(elsewhere).acquire(cluster, 'run-1');
    desk.time += 1000;
    const young = desk.leases(here(2)).acquire(cluster, 'run-2').kind;
    desk.leases(elsewhere).heartbeat(cluster, 'run-1');
    desk.time += 1000;
    const beating = desk.leases(here(2)).acquire(cluster, 'run-2').kind;
    desk.time += 1;
    expect([young, beating, desk.leases(here(2)).acquire(cluster, 'run-2').kind]).toEqual(['held', 'held', 'acquired']);
  });

  it('tells a holder who lost it to stop, even when the same run was resumed by another process', () => {
    const desk = new Desk();
    const sleeper = desk.leases(elsewhere);
    sleeper.acquire(cluster, 'run-1');
    desk.time += 1001;
    desk.processes.set(2, running(2));
    const resumed = desk.leases(here(2));
    resumed.acquire(cluster, 'run-1');
    expect(sleeper.heartbeat(cluster, 'run-1')).toBe(false);
    sleeper.release(cluster, 'run-1'); // must not give away what is another one's
    expect(resumed.heartbeat(cluster, 'run-1')).toBe(true);
  });

  it('carries the wish to cancel to its holder, and forgets it with the lease', () => {
    const desk = new Desk();
    desk.processes.set(1, running(1));
    const holder = desk.leases(here(1));
    const other = desk.leases(here(2));
    const before = other.requestCancel(cluster);
    holder.acquire(cluster, 'run-1');
    const unasked = holder.cancelRequested(cluster, 'run-1');
    const during = other.requestCancel(cluster);
    const asked = holder.cancelRequested(cluster, 'run-1');
    holder.release(cluster, 'run-1');
    holder.acquire(cluster, 'run-2');
    expect({ before, unasked, during, asked, after: holder.cancelRequested(cluster, 'run-2') }).toEqual({
      before: false,
      unasked: false,
      during: true,
      asked: true,
      after: false,
    });
  });
});

describe('a lease between real processes', () => {
  it('goes to exactly one of two that ask at the same moment', async () => {
    const { home, store } = openStore();
    const { id } = store.clusters.create({ spec: specNamed('a'), release: 'v1.36.3' });
    const children = ['run-a', 'run-b', 'run-c'].map((run) => startChild(home, id, 'contend', run));
    await Promise.all(children.map((child) => child.answer()));
    for (const child of children) child.process.stdin.write('go\n');
    const kinds = await Promise.all(children.map(async (child) => (await child.answer()) as { kind: string }));
    expect(kinds.map(({ kind }) => kind).sort()).toEqual(['acquired', 'held', 'held']);
  });

  it('is held against us while its process lives, and ours at once after kill -9', async () => {
    const { home, store } = openStore();
    const { id } = store.clusters.create({ spec: specNamed('a'), release: 'v1.36.3' });
    const child = startChild(home, id, 'hold', 'run-1');
    expect(await child.answer()).toEqual({ kind: 'acquired' });
    expect(store.leases.acquire(id, 'run-1')).toMatchObject({
      kind: 'held',
      runId: 'run-1',
      by: { pid: child.process.pid, hostname: hostname(), label: 'child' },
    });
    await child.kill();
    expect(store.leases.current(id)).toBeUndefined();
    expect(store.leases.acquire(id, 'run-1')).toEqual({ kind: 'acquired' });
  });
});

describe('a process', () => {
  it('is known by its start time, which stays the same', () => {
    const seen = lookAtProcess(process.pid);
    const { pid, processStart } = thisProcess('test');
    expect(pid).toBe(process.pid);
    if (seen.kind === 'running') expect(processStart).toBe(seen.start);
    expect(thisProcess('test').processStart).toBe(processStart);
  });

  it.runIf(process.platform === 'linux')('is gone when it was killed but its parent has not noticed', async () => {
    // The shell becomes `tail`, which never asks for its child's end: a zombie. The child ends only after that, because
    // the shell itself might have asked.
    const parent = spawn('sh', ['-c', 'exec 3<&0; sh -c "read line" <&3 & echo $!; exec tail -f /dev/null']);
    onTestFinished(() => void parent.kill('SIGKILL'));
    const zombie = await new Promise<number>((resolve) => parent.stdout.once('data', (said) => resolve(Number(said))));
    await expect.poll(() => readFileSync(`/proc/${parent.pid}/comm`, 'utf8'), { interval: 5 }).toBe('tail\n');
    parent.stdin.end('\n');
    await expect.poll(() => lookAtProcess(zombie).kind, { interval: 5 }).toBe('gone');
    process.kill(zombie, 0); // still has its number: throws if not
  });
});
