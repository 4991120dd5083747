import { describe, expect, it } from 'vitest';
import { allocateAddresses } from '#main/cluster/provision/addresses.ts';
import { parseRange } from '#shared/network/address-range.ts';
import { poolMachines } from '#main/cluster/provision/pools.ts';
import { poolOf, templateOf } from '#test/fakes/node-template.ts';
import type { MachinePool } from '#shared/spec/node-template.ts';

const staticNetwork = (network: string, ...ranges: string[]) => ({
  network,
  addresses: { kind: 'static' as const, ranges, prefix: 24 },
});
const small = templateOf({ networks: [staticNetwork('lan', '10.0.0.10-10.0.0.12', '10.0.0.20')] });
const allocate = (pools: readonly MachinePool[], more: Partial<Parameters<typeof allocateAddresses>[0]> = {}) => {
  const machines = poolMachines('x', pools);
  const given = allocateAddresses({ templates: [small], machines, taken: new Map(), reserved: [], ...more });
  return { addresses: Object.fromEntries(given.addresses), errors: given.errors.map(({ data }) => data.cause) };
};

describe('parseRange', () => {
  it.each([
    ['10.0.0.1-10.0.0.3', { first: 167772161, last: 167772163 }],
    ['10.0.0.1', { first: 167772161, last: 167772161 }],
    ['10.0.0.3-10.0.0.1', undefined],
    ['10.0.0.1-3', undefined],
    ['10.0.0.1-10.0.0.2-10.0.0.3', undefined],
    ['10.0.0.256', undefined],
    ['', undefined],
  ])('reads "%s"', (text, range) => expect(parseRange(text)).toEqual(range));
});

describe('allocateAddresses', () => {
  it('gives the lowest free addresses, in the order of ranges and machines', () => {
    expect(allocate([poolOf({ count: 4 })])).toEqual({
      addresses: {
        'x-workers-1': ['10.0.0.10'],
        'x-workers-2': ['10.0.0.11'],
        'x-workers-3': ['10.0.0.12'],
        'x-workers-4': ['10.0.0.20'],
      },
      errors: [],
    });
  });

  it('lets machines keep what they have, even outside of the ranges, and gives out nothing twice', () => {
    const taken = new Map([
      ['x-workers-2', ['10.0.0.10']],
      ['x-workers-1', ['10.9.9.9']],
      ['x-gone-1', ['10.0.0.11']],
    ]);
    expect(allocate([poolOf({ count: 3 })], { taken, reserved: ['10.0.0.12', 'a.host.test'] })).toEqual({
      addresses: { 'x-workers-1': ['10.9.9.9'], 'x-workers-2': ['10.0.0.10'], 'x-workers-3': ['10.0.0.20'] },
      errors: [],
    });
  });

  it('gives one address per static network and none for DHCP', () => {
    const networks = [{ network: 'lan' }, staticNetwork('storage', '172.16.0.10-172.16.0.11')];
    expect(allocate([poolOf()], { templates: [templateOf({ networks })] }).addresses).toEqual({
      'x-workers-1': ['', '172.16.0.10'],
      'x-workers-2': ['', '172.16.0.11'],
    });
  });

  it('says which ranges are too small, for how many, over all pools that use them', () => {
    const pools = [poolOf({ count: 3 }), poolOf({ name: 'more', count: 3 })];
    expect(allocate(pools, { reserved: ['10.0.0.20'] }).errors).toEqual([
      'spec.templates[0].networks[0].addresses.ranges (10.0.0.10-10.0.0.12, 10.0.0.20) is short of addresses: 6 needed, 3 free.',
    ]);
  });
});
