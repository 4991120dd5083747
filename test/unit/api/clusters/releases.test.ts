import { describe, expect, it } from 'vitest';
import { listReleases } from '#main/api/clusters/releases.ts';

describe('listReleases', () => {
  it('has one default, which is not a legacy one', () => {
    const defaults = listReleases().filter(({ isDefault }) => isDefault);
    expect(defaults.map(({ version, legacy }) => [version, legacy])).toEqual([['v1.36.3', false]]);
  });
});
