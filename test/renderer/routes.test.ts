import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hrefOf, placePages, routeOf } from '#renderer/routes.ts';

describe('the address of a page', () => {
  it('leads back to the same page, whatever its names hold', () => {
    const name = fc.string({ minLength: 1, unit: 'grapheme' });
    const route = fc.oneof(
      fc.record({ page: fc.constant('cluster' as const), cluster: name }),
      fc.record({ page: fc.constant('run' as const), run: name, step: name }),
      fc.record(
        { page: fc.constant('new-cluster' as const), draft: name, profile: name, step: name },
        { requiredKeys: ['page'] },
      ),
      fc.record({ page: fc.constantFrom('new-spec' as const, ...placePages) }),
    );
    fc.assert(
      fc.property(route, (wanted) => {
        expect(routeOf(hrefOf(wanted))).toEqual(wanted);
      }),
    );
  });

  it('is the list of clusters where there is none', () => {
    expect([routeOf(''), routeOf('#'), routeOf('#/')]).toEqual(Array(3).fill({ page: 'clusters' }));
  });

  it('is told to be unknown where nothing is', () => {
    const nowhere = ['#/runs', '#/new/x', '#/a', '#/clusters/a/b', '#/settings/x', '#/cluster', '#/constructor'];
    expect(nowhere.map((hash) => routeOf(hash).page)).toEqual(nowhere.map(() => 'unknown'));
    expect(routeOf('#/runs/%E0%A4%A').page).toBe('run');
  });
});
