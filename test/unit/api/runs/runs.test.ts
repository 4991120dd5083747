import { describe, expect, it } from 'vitest';
import { continueRun } from '#main/api/runs/runs.ts';
import { errorData } from '#shared/errors/define.ts';
import { openWorld } from '#test/unit/api/world-for-test.ts';

const never = new AbortController().signal;

async function codeOf(act: () => unknown): Promise<string> {
  try {
    await act();
  } catch (thrown) {
    return errorData(thrown).code;
  }
  return 'no error';
}

describe('continueRun', () => {
  const refuse = { approveHostKeys: () => Promise.reject(new Error('nobody is to be asked')) };
  const observer = { started: () => undefined, event: () => undefined, log: () => undefined };
  const control = { cancel: never, leave: never };

  it.each([
    { which: { run: 'r-9' }, code: 'run.unknown', why: 'there is no such run' },
    { which: { cluster: 'hoem' }, code: 'store.cluster_unknown', why: 'there is no such cluster' },
    { which: { cluster: 'empty' }, code: 'run.unknown', why: 'the cluster has no run' },
    { which: { run: 'r-1' }, code: 'run.nothing_to_resume', why: 'the run has succeeded' },
    { which: { cluster: 'home' }, code: 'run.nothing_to_resume', why: 'the last run of the cluster has succeeded' },
    { which: {}, code: 'run.cluster_not_named', why: 'there are several clusters and none is named' },
  ])('refuses when $why', async ({ which, code }) => {
    const { world, addCluster, start, finish } = openWorld();
    addCluster('empty');
    start('r-1', addCluster('home').id);
    finish('r-1', 'succeeded');
    expect(await codeOf(() => continueRun(world, which, refuse, observer, control))).toBe(code);
  });
});
