import { describe, expect, it } from 'vitest';
import { openQuitting, type QuitParts } from '#main/apps/electron/quitting.ts';

/** Parts that write down what was done; what a test does not name is refused. */
function parts(scripted: Partial<QuitParts>) {
  const done: string[] = [];
  const refuse = (name: string) => () => {
    throw new Error(`Nobody expected ${name}.`);
  };
  const all: QuitParts = {
    drivenClusters: refuse('drivenClusters'),
    setting: refuse('setting'),
    ask: refuse('ask'),
    remember: refuse('remember'),
    cancelRuns: refuse('cancelRuns'),
    hide: () => done.push('hide'),
    close: async () => void done.push('close'),
    exit: () => done.push('exit'),
    fault: (thrown) => done.push(`fault: ${(thrown as Error).message}`),
    ...scripted,
  };
  return { done, quitting: openQuitting(all) };
}

const atWork = { drivenClusters: () => ['home'], setting: async () => 'ask' as const };

describe('quitting', () => {
  it('asks nothing when this process drives no run', async () => {
    const { done, quitting } = parts({ drivenClusters: () => [] });
    await quitting.request();
    expect([done, quitting.isOver()]).toEqual([['close', 'exit'], true]);
  });

  it.each([
    { choice: 'tray' as const, does: ['ask home', 'hide'], over: false },
    { choice: 'cancel' as const, does: ['ask home', 'cancel', 'close', 'exit'], over: true },
    { choice: 'leave' as const, does: ['ask home', 'close', 'exit'], over: true },
    { choice: 'stay' as const, does: ['ask home'], over: false },
  ])('while a run is at work and the answer is "$choice": $does', async ({ choice, does, over }) => {
    const { done, quitting } = parts({
      ...atWork,
      ask: async (clusters) => {
        done.push(`ask ${clusters.join()}`);
        return { choice, always: false };
      },
      cancelRuns: async () => void done.push('cancel'),
    });
    await quitting.request();
    expect([done, quitting.isOver()]).toEqual([does, over]);
  });

  it('does what the settings say without asking', async () => {
    const { done, quitting } = parts({ ...atWork, setting: async () => 'leave' });
    await quitting.request();
    expect(done).toEqual(['close', 'exit']);
  });

  it('remembers an answer that is to hold always, and never that nothing was to happen', async () => {
    const answers = [
      { choice: 'stay' as const, always: true },
      { choice: 'tray' as const, always: true },
    ];
    const { done, quitting } = parts({
      ...atWork,
      ask: async () => answers.shift() ?? { choice: 'stay', always: false },
      remember: async (choice) => void done.push(`remember ${choice}`),
    });
    await quitting.request();
    await quitting.request();
    expect(done).toEqual(['remember tray', 'hide']);
  });

  it('asks once, however often somebody wants to quit meanwhile', async () => {
    const answer = Promise.withResolvers<{ choice: 'stay'; always: boolean }>();
    let asked = 0;
    const { quitting } = parts({
      ...atWork,
      ask: () => {
        asked += 1;
        return answer.promise;
      },
    });
    const first = quitting.request();
    await quitting.request();
    answer.resolve({ choice: 'stay', always: false });
    await first;
    expect(asked).toBe(1);
  });

  it('leaves what is at work when somebody does not want to wait for the cancel', async () => {
    const cancelled = Promise.withResolvers<void>();
    const began = Promise.withResolvers<void>();
    const { done, quitting } = parts({
      ...atWork,
      setting: async () => 'cancel',
      cancelRuns: () => {
        began.resolve();
        return cancelled.promise;
      },
    });
    const first = quitting.request();
    await began.promise;
    await quitting.request();
    expect(done).toEqual(['close', 'exit']);
    cancelled.reject(new Error('the host has gone'));
    await first;
    expect(done).toEqual(['close', 'exit']);
  });

  it('does not quit when the runs could not be cancelled, and can be asked again', async () => {
    const { done, quitting } = parts({
      ...atWork,
      setting: async () => 'cancel',
      cancelRuns: () => Promise.reject(new Error('locked')),
    });
    await quitting.request();
    await quitting.request();
    expect([done, quitting.isOver()]).toEqual([['fault: locked', 'fault: locked'], false]);
  });

  it('ends even when the inventory does not close', async () => {
    const { done, quitting } = parts({
      drivenClusters: () => [],
      close: () => Promise.reject(new Error('disk full')),
    });
    await quitting.request();
    expect([done, quitting.isOver()]).toEqual([['fault: disk full', 'exit'], true]);
  });
});
