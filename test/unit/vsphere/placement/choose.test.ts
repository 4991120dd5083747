import { describe, expect, it } from 'vitest';
import { choose, type ChooseRequest } from '#main/vsphere/placement/choose.ts';
import { datastore, esxiHost } from '../some-places.ts';

const gib = 2 ** 30;
const hosts = ['h1', 'h2', 'h3'].map((name) => esxiHost(`/DC0/host/c1/${name}`));
const [small, large] = [
  datastore('/DC0/datastore/a', { freeBytes: 40 * gib }),
  datastore('/DC0/datastore/b', { freeBytes: 60 * gib }),
];

function request(changes: Partial<ChooseRequest> = {}): ChooseRequest {
  const world = { hosts, drs: false, datastores: [small, large], networks: [], reach: new Map() };
  return { ...world, placedBytes: new Map(), needBytes: 10 * gib, index: 0, ...changes };
}

function chosen(changes: Partial<ChooseRequest>): readonly (string | undefined)[] {
  const found = choose(request(changes));
  return 'seen' in found ? ['nothing', found.seen] : [found.host?.name, found.datastore.name];
}

describe('choose', () => {
  it('puts neighbours on different hosts, and begins again after the last one', () => {
    expect([0, 1, 2, 3].map((index) => chosen({ index })[0])).toEqual(['h1', 'h2', 'h3', 'h1']);
  });

  it('leaves the host to DRS', () => {
    expect(chosen({ drs: true, index: 2 })).toEqual([undefined, 'b']);
  });

  it('takes the datastore with most room left after what was placed before', () => {
    expect(chosen({})[1]).toBe('b');
    expect(chosen({ placedBytes: new Map([[large.ref.id, 30 * gib]]) })[1]).toBe('a');
  });

  it('takes the first one by path when two have the same room', () => {
    expect(chosen({ placedBytes: new Map([[large.ref.id, 20 * gib]]) })[1]).toBe('a');
  });

  it('takes no host that misses the datastores or a network', () => {
    const network = { type: 'Network', id: 'network-1' };
    const reach = new Map([
      ['HostSystem:/DC0/host/c1/h1', { datastores: [large.ref], networks: [] }],
      ['HostSystem:/DC0/host/c1/h2', { datastores: [small.ref], networks: [network] }],
      ['HostSystem:/DC0/host/c1/h3', { datastores: [], networks: [network] }],
    ]);
    expect([0, 1].map((index) => chosen({ index, reach, networks: [network] }))).toEqual([
      ['h2', 'a'],
      ['h2', 'a'],
    ]);
  });

  it('says what room there is when nothing fits', () => {
    expect(chosen({ needBytes: 100 * gib })).toEqual([
      'nothing',
      '/DC0/datastore/a has 40 GiB left, /DC0/datastore/b has 60 GiB left.',
    ]);
  });
});
