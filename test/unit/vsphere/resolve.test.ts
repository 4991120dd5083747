import { describe, expect, it } from 'vitest';
import { resolveTemplate } from '#main/vsphere/resolve.ts';
import type { Places } from '#main/vsphere/inventory/choices.ts';
import type { NodeTemplateInput } from '#shared/spec/node-template.ts';
import { placesOf, template, vm } from './some-places.ts';

const vms = [vm('/DC0/vm/debian-13'), vm('/DC0/vm/debian-12')];

function resolve(changes: Partial<NodeTemplateInput> = {}, places: Places = placesOf('DC0')) {
  return resolveTemplate(template(changes), places, vms);
}

function problems(changes: Partial<NodeTemplateInput>, places?: Places): readonly string[] {
  const { resolved, findings } = resolve(changes, places);
  expect(resolved).toBeUndefined();
  return findings.map(({ problem, remedy }) => `${problem} ${remedy}`);
}

describe('resolveTemplate', () => {
  it('turns names into objects', () => {
    const { resolved, findings } = resolve();
    expect(findings).toEqual([]);
    expect(resolved).toMatchObject({
      datacenter: { path: '/DC0' },
      source: { path: '/DC0/vm/debian-13' },
      folderPath: '/DC0/vm',
      folder: { path: '/DC0/vm' },
      pool: { path: '/DC0/host/c1/Resources/k8s' },
      cluster: { path: '/DC0/host/c1' },
      hosts: [{ name: 'h1' }, { name: 'h2' }],
      datastores: [{ name: 'fast' }],
      datastoreCluster: undefined,
      networks: [{ path: '/DC0/network/VM Network' }],
    });
  });

  it('takes what everything else says for the datacenter of a name that several have', () => {
    const { resolved } = resolve({ pool: '/DC0/host/c1/Resources/k8s' }, placesOf('DC0', 'DC1'));
    expect(resolved?.datastores.map(({ path }) => path)).toEqual(['/DC0/datastore/fast']);
    expect(resolved?.networks.map(({ path }) => path)).toEqual(['/DC0/network/VM Network']);
  });

  it('takes the datastores of a datastore cluster that can be used', () => {
    const { resolved } = resolve({ datastore: 'pod' });
    expect(resolved).toMatchObject({ datastores: [{ name: 'a' }], datastoreCluster: { name: 'pod' } });
  });

  it('takes the root pool of a cluster or a host that is named as the pool', () => {
    const root = 'ResourcePool:/DC0/host/c1/Resources';
    expect(resolve({ pool: 'c1' }).resolved).toMatchObject({ pool: { ref: { id: root } }, hosts: [{}, {}] });
    expect(resolve({ pool: 'h2' }).resolved).toMatchObject({ pool: { ref: { id: root } }, hosts: [{ name: 'h2' }] });
  });

  it('knows where a folder is that is still to be made', () => {
    expect(resolve({ folder: 'team' }).resolved).toMatchObject({
      folderPath: '/DC0/vm/team',
      folder: { name: 'team' },
    });
    expect(resolve({ folder: 'team/new' }).resolved).toMatchObject({
      folderPath: '/DC0/vm/team/new',
      folder: undefined,
    });
  });

  it('takes the only cluster when no pool is named', () => {
    const { pool: _, ...rest } = template();
    const { resolved } = resolveTemplate(rest, placesOf('DC0'), vms);
    expect(resolved?.pool.path).toBe('/DC0/host/c1');
  });

  it('reports all names that mean nothing, with those that are near', () => {
    expect(problems({ source: { vm: 'debian-31' }, datastore: 'fsat', networks: [{ network: 'VM Netwrk' }] })).toEqual([
      'there is no template or VM "debian-31". Did you mean /DC0/vm/debian-13 or /DC0/vm/debian-12?',
      'there is no datastore "fsat". Did you mean /DC0/datastore/fast?',
      'there is no network "VM Netwrk". Did you mean /DC0/network/VM Network?',
    ]);
  });

  it('reports a name that several have, with their paths', () => {
    const places = placesOf('DC0');
    const twice = { ...places, networks: [...places.networks, ...placesOf('DC0').networks.map(renumbered)] };
    expect(problems({}, twice)).toEqual([
      '"VM Network" is the name of several: /DC0/network/VM Network (Network:/DC0/network/VM Network), ' +
        '/DC0/network/VM Network (again:Network:/DC0/network/VM Network). Give the path or the id of the network.',
    ]);
  });

  it('reports things of different datacenters', () => {
    const [first, ...others] = problems({ datastore: '/DC1/datastore/fast' }, placesOf('DC0', 'DC1'));
    expect(first).toContain('not in one datacenter: template or VM /DC0/vm/debian-13,');
    expect(first).toContain('datastore /DC1/datastore/fast');
    expect(others.length).toBeGreaterThanOrEqual(0);
  });

  it.each([
    [
      'a datastore that no host reaches',
      { datastore: 'other' },
      'no host of /DC0/host/c1 reaches the datastore /DC0/datastore/other.',
    ],
    ['a datastore in maintenance', { datastore: 'b' }, 'the datastore /DC0/datastore/pod/b is in maintenance mode.'],
    [
      'a network that no host is on',
      { networks: [{ network: 'elsewhere' }] },
      'no host of /DC0/host/c1 is connected to the network /DC0/network/elsewhere.',
    ],
    [
      'a folder in no datacenter',
      { folder: '/DC9/vm/x' },
      'the folder /DC9/vm/x is in no datacenter that the user can see.',
    ],
  ] as const)('reports %s', (_what, changes, problem) => {
    expect(problems(changes as Partial<NodeTemplateInput>)[0]).toContain(problem);
  });

  it('reports a folder elsewhere, and one that may be in several datacenters', () => {
    const places = placesOf('DC0', 'DC1');
    const pool = '/DC0/host/c1/Resources/k8s';
    expect(problems({ pool, folder: '/DC1/vm/team' }, places)).toEqual([
      'the folder /DC1/vm/team is not in /DC0, where all else is. Choose one below /DC0/vm.',
    ]);
    expect(problems({ pool, folder: 'new' }, places)).toEqual([
      'it is not clear in which datacenter the folder "new" is. Give its path: /DC0/vm/new or /DC1/vm/new.',
    ]);
  });

  it('reports that no datastore was chosen where there are several', () => {
    const { datastore: _, ...rest } = template();
    const { findings } = resolveTemplate(rest, placesOf('DC0'), vms);
    expect(findings).toEqual([
      {
        severity: 'error',
        subject: 'template small',
        problem: 'it names no datastore, and there is not only one.',
        remedy: 'Choose "datastore" from: /DC0/datastore/fast, /DC0/datastore/pod/a',
      },
    ]);
  });

  it('reports hosts that cannot take machines', () => {
    const places = placesOf('DC0');
    const hosts = places.hosts.map((host, at) => ({ ...host, inMaintenance: at === 0, connected: at === 0 }));
    expect(problems({}, { ...places, hosts })[0]).toContain(
      'no host can take machines: /DC0/host/c1/h1 is in maintenance mode, /DC0/host/c1/h2 is not connected.',
    );
  });
});

function renumbered<T extends { readonly ref: { readonly type: string; readonly id: string } }>(one: T): T {
  return { ...one, ref: { ...one.ref, id: `again:${one.ref.id}` } };
}
