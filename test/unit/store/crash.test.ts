import { describe, expect, it } from 'vitest';
import { startChild } from './child.ts';
import { openStore, specNamed } from './home-for-test.ts';

describe('kill -9 of a process that is writing', () => {
  it('takes back a transaction that was not finished, and frees the database', async () => {
    const { home, store } = openStore();
    const { id } = store.clusters.create({ spec: specNamed('before'), release: 'v1.36.3' });
    const child = startChild(home, id, 'half-way', 'after');
    expect(await child.answer()).toEqual({ renamed: 'after' });
    await child.kill();
    store.clusters.updateSpec(id, { spec: specNamed('before'), release: 'v1.37.0' }); // throws while it is locked
    expect(store.clusters.get(id)).toMatchObject({ name: 'before', release: 'v1.37.0' });
  });

  it('loses no finished append and leaves no half one', async () => {
    const { home, store } = openStore();
    const { id } = store.clusters.create({ spec: specNamed('a'), release: 'v1.36.3' });
    const plan = { operation: 'create', clusterId: id, phases: [], steps: [] };
    const run = { runId: 'run-1', clusterId: id, plan, document: null };
    store.journal.start(run, { type: 'run.started', runId: 'run-1', plan });

    let events = 1;
    for (let round = 0; round < 4; round++) {
      const child = startChild(home, id, 'append', 'run-1');
      let told = events;
      const wanted = 7 + round * 11; // a different moment each time
      for (let answers = 0; answers < wanted; answers++) {
        told = events + ((await child.answer()) as { done: number }).done - 1;
      }
      await child.kill();
      const found = store.journal.load('run-1')?.events ?? [];
      expect(found.length).toBeGreaterThanOrEqual(told);
      expect((found.length - 1) % 5).toBe(0); // appended five at a time
      expect(found.map(({ seq }) => seq)).toEqual(found.map((_, index) => index + 1));
      events = found.length;
    }
  });
});
