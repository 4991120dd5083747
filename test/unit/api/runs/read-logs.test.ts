import { describe, expect, it } from 'vitest';
import { readLogs } from '#main/api/runs/read-logs.ts';
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

describe('readLogs', () => {
  it('answers the lines of the last run, or of one step, and follows to the end of a run that is over', async () => {
    const { world, store, addCluster, start } = openWorld();
    const { id } = addCluster('home');
    start('r-1', id);
    const log = store.openLog('r-1');
    log.write({ at: 1, step: 'docker/node-1', line: 'installing' });
    log.write({ at: 2, step: 'etcd/node-1', line: 'starting' });
    log[Symbol.dispose]();
    const read = async (which: { readonly step?: string; readonly follow: boolean }): Promise<readonly string[]> => {
      const lines: string[] = [];
      await readLogs(world, { cluster: 'home', ...which }, ({ line }) => lines.push(line), never);
      return lines;
    };
    expect(await read({ follow: false })).toEqual(['installing', 'starting']);
    expect(await read({ follow: false, step: 'etcd/node-1' })).toEqual(['starting']);
    expect(await read({ follow: true })).toEqual(['installing', 'starting']);
  });

  it('says so when there is no such run', async () => {
    const { world, addCluster } = openWorld();
    addCluster('home');
    const logs = (which: { readonly run?: string }) =>
      readLogs(world, { ...which, follow: false }, () => undefined, never);
    expect(await codeOf(() => logs({ run: 'r-9' }))).toBe('run.unknown');
    expect(await codeOf(() => logs({}))).toBe('run.unknown');
  });
});
