import { describe, expect, it } from 'vitest';
import type { ActiveRun } from '#main/apps/electron/active-runs.ts';
import { type Notice, noticeEnd, type NoticeParts } from '#main/apps/electron/run-notice.ts';
import { storeErrors } from '#shared/errors/store.ts';

const run: ActiveRun = { runId: 'run-7', clusterName: 'home', operation: 'create', progress: { done: 3, total: 9 } };
const gone = () => Promise.reject(storeErrors.cluster_unknown({ name: 'home' }));

async function told(of: ActiveRun, parts: Pick<NoticeParts, 'stateOf'> & { readonly watched?: boolean }) {
  const notices: { readonly notice: Notice; readonly click: () => void }[] = [];
  const opened: string[] = [];
  await noticeEnd(of, {
    stateOf: parts.stateOf,
    isWatched: () => parts.watched ?? false,
    show: (notice, click) => notices.push({ notice, click }),
    open: (page) => opened.push(page),
  });
  for (const { click } of notices) click();
  return { notices: notices.map(({ notice }) => notice), opened };
}

describe('the end of a run', () => {
  it.each([
    ['succeeded', 'home: create has succeeded'],
    ['failed', 'home: create has failed'],
    ['cancelled', 'home: create was cancelled'],
    ['interrupted', 'home: create was interrupted'],
  ] as const)('that has %s is told once, and a click opens the run', async (state, title) => {
    const { notices, opened } = await told(run, { stateOf: async () => state });
    expect(notices.map((notice) => notice.title)).toEqual([title]);
    expect(opened).toEqual(['/runs/run-7']);
  });

  it('is not told to who is looking', async () => {
    const asked = () => Promise.reject(new Error('nobody needs to know'));
    expect((await told(run, { stateOf: asked, watched: true })).notices).toEqual([]);
  });

  it('is none when another process has taken the run over', async () => {
    expect((await told(run, { stateOf: async () => 'running' })).notices).toEqual([]);
  });

  it('of a removal that took the cluster with it is a success', async () => {
    const { notices, opened } = await told({ ...run, operation: 'remove' }, { stateOf: gone });
    expect(notices.map(({ title }) => title)).toEqual(['home: remove has succeeded']);
    expect(opened).toEqual(['/clusters']);
  });

  it('of any other run whose cluster is unknown is a fault', async () => {
    await expect(told(run, { stateOf: gone })).rejects.toMatchObject({ code: 'store.cluster_unknown' });
  });
});
