import { describe, expect, it, onTestFinished } from 'vitest';
import type { Journal, JournaledRun } from '#main/engine/journal.ts';
import type { Plan } from '#main/engine/plan.ts';
import { planView } from '#main/engine/plan.ts';
import type { NewRunEvent } from '#shared/run/events.ts';

/** A journal under test. The cluster `contractCluster` must exist where the journal knows clusters. */
export interface JournalUnderTest {
  readonly journal: Journal;
  /** The same records through a fresh journal, as after a crash. Left out by journals that live in memory only. */
  readonly reopen?: () => Journal;
  readonly close?: () => void;
}

export const contractCluster = 'c-abcde';

const plan: Plan = {
  operation: 'create',
  clusterId: contractCluster,
  phases: [{ id: 'open-ssh', title: 'Open SSH' }],
  steps: [
    {
      id: 'open-ssh/node-1',
      phase: 'open-ssh',
      target: { kind: 'machine', name: 'node-1' },
      needs: [],
      after: [],
      input: { machine: 'node-1', attempts: 3, empty: null, list: [1, 'two', false] },
      changes: 'Nothing: looks only.',
    },
  ],
};

const run: Omit<JournaledRun, 'events'> = {
  runId: 'run-1',
  clusterId: contractCluster,
  plan,
  document: { apiVersion: 'slipway.dev/v1', note: 'quotes "\' and umlauts äöü and \u2028' },
};
const started = { type: 'run.started', runId: 'run-1', plan: planView(plan) } as const;
const checking: NewRunEvent = { type: 'step.checking', step: 'open-ssh/node-1', attempt: 1 };
const applying: NewRunEvent = { type: 'step.applying', step: 'open-ssh/node-1', attempt: 1, reason: 'not there' };
const succeeded: NewRunEvent = { type: 'step.succeeded', step: 'open-ssh/node-1' };

/** What every journal keeps, in SQLite or in memory. */
export function journalContract(make: () => JournalUnderTest): void {
  function open(): JournalUnderTest {
    const made = make();
    onTestFinished(() => made.close?.());
    return made;
  }

  describe('a journal', () => {
    it('knows nothing of a run that was never started', () => {
      expect(open().journal.load('run-1')).toBeUndefined();
    });

    it('gives back a started run as it was', () => {
      const { journal } = open();
      const event = journal.start(run, started);
      expect(event).toEqual({ ...started, seq: 1, at: event.at });
      expect(journal.load('run-1')).toEqual({ ...run, events: [event] });
    });

    it('numbers events by one from the start, over several calls', () => {
      const { journal } = open();
      journal.start(run, started);
      journal.append('run-1', [checking]);
      const appended = journal.append('run-1', [applying, succeeded]);
      expect(appended.map(({ seq, type }) => [seq, type])).toEqual([
        [3, 'step.applying'],
        [4, 'step.succeeded'],
      ]);
      expect(journal.load('run-1')?.events.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
    });

    it('answers an append with the very events that it loads later', () => {
      const { journal } = open();
      const first = journal.start(run, started);
      const rest = journal.append('run-1', [checking, applying, succeeded]);
      expect(journal.load('run-1')?.events).toEqual([first, ...rest]);
    });

    it('stamps events with times that never run backwards within an append', () => {
      const { journal } = open();
      journal.start(run, started);
      const times = journal.append('run-1', [checking, applying, succeeded]).map(({ at }) => at);
      expect(times).toEqual([...times].sort((a, b) => a - b));
    });

    it('takes an append of nothing for nothing', () => {
      const { journal } = open();
      journal.start(run, started);
      expect(journal.append('run-1', [])).toEqual([]);
      expect(journal.load('run-1')?.events).toHaveLength(1);
    });

    it('refuses to start a run twice, and keeps the first', () => {
      const { journal } = open();
      journal.start(run, started);
      expect(() => journal.start({ ...run, document: 'another' }, started)).toThrow();
      expect(journal.load('run-1')?.document).toEqual(run.document);
    });

    it('refuses events of a run that was never started', () => {
      const { journal } = open();
      expect(() => journal.append('run-2', [checking])).toThrow();
      expect(journal.load('run-2')).toBeUndefined();
    });

    it('keeps runs apart', () => {
      const { journal } = open();
      journal.start(run, started);
      journal.start({ ...run, runId: 'run-2' }, { ...started, runId: 'run-2' });
      journal.append('run-1', [checking]);
      expect(journal.append('run-2', [checking]).map(({ seq }) => seq)).toEqual([2]);
      expect(journal.load('run-1')?.events).toHaveLength(2);
    });

    it('is not changed by what the caller does to a loaded run', () => {
      const { journal } = open();
      journal.start(run, started);
      const loaded = journal.load('run-1');
      (loaded?.events as unknown as unknown[]).length = 0;
      expect(journal.load('run-1')?.events).toHaveLength(1);
    });

    it('tells each of many who write in the same turn when its own entry is safe', async () => {
      const { journal } = open();
      journal.start(run, started);
      const safe: number[] = [];
      const write = async (event: NewRunEvent): Promise<void> => {
        const seqs = journal.append('run-1', [event]).map(({ seq }) => seq);
        await journal.durable();
        safe.push(...seqs);
      };
      const written = Promise.all([checking, applying, succeeded].map(write));
      expect(safe).toEqual([]);
      await written;
      expect(safe.sort()).toEqual([2, 3, 4]);
      expect(journal.load('run-1')?.events.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
    });

    it('keeps the order of entries while others wait for the disk', async () => {
      const { journal } = open();
      journal.start(run, started);
      journal.append('run-1', [applying]);
      const safe = journal.durable();
      journal.append('run-1', [succeeded]);
      await safe;
      await journal.durable();
      expect(journal.load('run-1')?.events.map(({ type }) => type)).toEqual([
        'run.started',
        'step.applying',
        'step.succeeded',
      ]);
    });

    it('has everything again when it is opened anew', async ({ skip }) => {
      const { journal, reopen } = open();
      if (!reopen) return skip('lives in memory only');
      const events = [journal.start(run, started), ...journal.append('run-1', [checking, applying])];
      await journal.durable();
      const again = reopen();
      expect(again.load('run-1')).toEqual({ ...run, events });
      expect(again.append('run-1', [succeeded]).map(({ seq }) => seq)).toEqual([4]);
    });
  });
}
