import { describe, expect, it } from 'vitest';
import { didYouMean } from '#main/cluster/spec/did-you-mean.ts';

describe('didYouMean', () => {
  it.each([
    ['podCIDR', 'podCidr'],
    ['service-cidr', 'serviceCidr'],
    ['podCdir', 'podCidr'],
    ['plugins', 'plugin'],
  ])('takes %s for %s', (written, meant) => {
    expect(didYouMean(written, ['podCidr', 'serviceCidr', 'plugin'])).toBe(meant);
  });

  it('guesses nothing when all are far away', () => {
    expect(didYouMean('colour', ['podCidr', 'serviceCidr'])).toBeUndefined();
  });
});
