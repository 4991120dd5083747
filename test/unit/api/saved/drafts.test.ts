import { describe, expect, it } from 'vitest';
import { draftsApi } from '#main/api/saved/drafts.ts';
import { openWorld } from '#test/unit/api/world-for-test.ts';

describe('a draft', () => {
  it('is kept without what is named like a secret, wherever it stands', async () => {
    const { world } = openWorld();
    const drafts = draftsApi(world);
    const content = {
      credential: { user: 'ann', password: 'hunter2', proxyPassword: 'hunter3' },
      registries: [{ server: 'r', password: 'vault:registry', token: 'hunter4' }],
      passwordless: true,
      step: null,
    };
    await drafts.put({ id: 'd-1', title: 'home', content });
    expect((await drafts.get('d-1')).content).toEqual({
      credential: { user: 'ann' },
      registries: [{ server: 'r', password: 'vault:registry' }],
      passwordless: true,
      step: null,
    });
  });

  it('that is gone is removed without error and not found', async () => {
    const drafts = draftsApi(openWorld().world);
    await drafts.remove('d-1');
    await expect(drafts.get('d-1')).rejects.toMatchObject({ code: 'draft.unknown' });
  });

  it('is one of at most 50: those that nobody touched for longest go', async () => {
    const { world } = openWorld();
    const drafts = draftsApi(world);
    const put = (n: number) => drafts.put({ id: `d-${n}`, title: `draft ${n}`, content: n });
    for (let n = 1; n <= 50; n += 1) {
      await put(n);
      await world.clock.sleep(1, new AbortController().signal);
    }
    await put(1);
    await world.clock.sleep(1, new AbortController().signal);
    await put(51);
    const ids = (await drafts.list()).map(({ id }) => id);
    expect([ids.length, ids.slice(0, 2), ids.includes('d-2'), ids.includes('d-3')]).toEqual([
      50,
      ['d-51', 'd-1'],
      false,
      true,
    ]);
  });
});
