import { describe, expect, it } from 'vitest';
import { createRecorder } from '#main/engine/recorder.ts';
import { initialView } from '#shared/run/reducer.ts';
import type { NewRunEvent } from '#shared/run/events.ts';
import { memoryJournal } from '#test/fakes/journal.ts';

const started = (): NewRunEvent => ({
  type: 'run.started',
  runId: 'r-1',
  plan: { operation: 'toy', clusterId: 'c-toy', phases: [], steps: [] },
});

function journalWithRun() {
  const journal = memoryJournal({ now: () => 0 });
  const plan = { operation: 'toy', clusterId: 'c-toy', phases: [], steps: [] };
  journal.start({ runId: 'r-1', clusterId: 'c-toy', plan, document: null }, started());
  return journal;
}

describe('a recorder', () => {
  it('delivers in order even when the listener makes it emit', () => {
    const seen: number[] = [];
    const recorder = createRecorder(journalWithRun(), 'r-1', initialView(), (event) => {
      if (event.seq === 2) recorder.emit([{ type: 'run.cancelling' }]);
      seen.push(event.seq);
    });
    recorder.emit([{ type: 'run.resumed' }, { type: 'run.resumed' }]);
    expect(seen).toEqual([2, 3, 4]);
    expect(recorder.view()).toMatchObject({ seq: 4, status: 'cancelling' });
  });

  it('asks nothing of the journal when there is nothing to write', () => {
    const append = () => {
      throw new Error('asked');
    };
    const recorder = createRecorder({ ...journalWithRun(), append }, 'r-1', initialView(), () => undefined);
    expect(() => recorder.emit([])).not.toThrow();
  });
});
