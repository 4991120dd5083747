// @vitest-environment node
import { describe, expect, it } from 'vitest';
import {
  newTemplate,
  prefilled,
  sourceOf,
  tagOfChoice,
  withSource,
  type VsphereChoice,
} from '#renderer/lib/wizard/template-choices.ts';

const choice = (kind: VsphereChoice['kind'], path: string, details: VsphereChoice['details'] = {}): VsphereChoice => ({
  ...{ kind, path, details, id: path },
  name: path.slice(path.lastIndexOf('/') + 1),
});
const one = [
  choice('datacenters', '/A'),
  choice('templates', '/A/vm/debian'),
  choice('clusters', '/A/host/small', { hosts: 1 }),
  choice('clusters', '/A/host/large', { hosts: 8 }),
  choice('datastores', '/A/datastore/local', { freeBytes: 900, shared: false }),
  choice('datastores', '/A/datastore/san-1', { freeBytes: 100, shared: true }),
  choice('datastores', '/A/datastore/san-2', { freeBytes: 200, shared: true }),
  choice('datastores', '/A/datastore/broken', { freeBytes: 999, shared: true, accessible: false }),
  choice('networks', '/A/network/VM Network'),
  choice('networks', '/A/network/dmz'),
];

describe('a node template from the inventory', () => {
  it('is filled in where there is one choice or an obvious best one', () => {
    expect(prefilled(newTemplate('machine'), one)).toEqual({
      name: 'machine',
      source: { vm: '/A/vm/debian' },
      pool: '/A/host/large',
      datastore: '/A/datastore/san-2',
      networks: [{ network: '/A/network/VM Network' }],
    });
  });

  it('takes a datastore and a network that the hosts of the cluster have', () => {
    const within = { ...choice('clusters', '/A/host/large', { hosts: 8 }) };
    within.reaches = ['/A/datastore/local', '/A/datastore/san-1', '/A/network/dmz'];
    const choices = [...one.filter(({ path }) => path !== within.path), within];
    expect(prefilled(newTemplate('machine'), choices)).toMatchObject({
      datastore: '/A/datastore/san-1',
      networks: [{ network: '/A/network/dmz' }],
    });
    const inPool = { ...newTemplate('machine'), pool: '/A/host/large/Resources/web' };
    expect(prefilled(inPool, choices)).toMatchObject({ pool: inPool.pool, datastore: '/A/datastore/san-1' });
  });

  it('leaves to the person what only they can know', () => {
    const two = [...one, choice('templates', '/A/vm/ubuntu'), choice('networks', '/A/network/x')].filter(
      ({ name }) => name !== 'VM Network',
    );
    const filled = prefilled(newTemplate('machine'), two);
    expect([sourceOf(filled), filled.networks[0]?.network]).toEqual(['', '']);
  });

  it('keeps what the person has chosen', () => {
    const chosen = { ...newTemplate('machine'), datastore: '/A/datastore/local', pool: '/A/host/small' };
    expect(prefilled(chosen, one)).toMatchObject({ datastore: '/A/datastore/local', pool: '/A/host/small' });
  });

  it('guesses no place while nobody knows the datacenter', () => {
    const filled = prefilled(newTemplate('machine'), [
      ...one.slice(2),
      choice('datacenters', '/A'),
      choice('datacenters', '/B'),
    ]);
    expect(filled).toEqual(newTemplate('machine'));
  });

  it('gives up places of another datacenter with its source', () => {
    const before = prefilled(newTemplate('machine'), one);
    expect(withSource(before, choice('templates', '/B/vm/debian'))).toEqual({
      name: 'machine',
      source: { vm: '/B/vm/debian' },
      networks: [{ network: '' }],
    });
  });

  it('keeps what is named without its datacenter, and hosts that are in the new one', () => {
    const named = { ...newTemplate('machine'), datastore: 'san', hosts: ['/A/host/c/one', '/B/host/c/two'] };
    expect(withSource(named, choice('templates', '/B/vm/debian'))).toMatchObject({
      datastore: 'san',
      hosts: ['/B/host/c/two'],
    });
  });

  it('leaves the further networks to the person', () => {
    const two = { ...newTemplate('machine'), networks: [{ network: '' }, { network: '' }] };
    expect(prefilled(two, one).networks).toEqual([{ network: '/A/network/VM Network' }, { network: '' }]);
  });

  it('has tags of categories with a slash in their names', () => {
    expect([
      tagOfChoice({ name: 'blue', path: 'owner/team/blue' }),
      tagOfChoice({ name: 'team/blue', path: 'owner/team/blue' }),
    ]).toEqual([
      { category: 'owner/team', tag: 'blue' },
      { category: 'owner', tag: 'team/blue' },
    ]);
  });

  it('comes from a content library by library and item', () => {
    const item = choice('library-items', 'golden/linux/debian');
    const template = withSource(newTemplate('machine'), item);
    expect([template.source, sourceOf(template)]).toEqual([{ library: 'golden', item: 'linux/debian' }, item.path]);
  });
});
