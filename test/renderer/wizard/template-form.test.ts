import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, describe, expect, it } from 'vitest';
import { vsphereErrors } from '#shared/errors/vsphere.ts';
import type { NodeTemplateInput } from '#shared/spec/node-template.ts';
import { errorOf, goodHost, inventory, openWizard, person, ready, specGiven } from './lab.ts';

afterEach(() => {
  cleanup();
  localStorage.clear();
  window.location.hash = '';
});

const small: NodeTemplateInput = {
  name: 'machine',
  source: { vm: '/DC0/vm/templates/debian-13' },
  pool: '/DC0/host/DC0_C0',
  datastore: '/DC0/datastore/LocalDS_0',
  networks: [{ network: '/DC0/network/VM Network' }],
};
/** Says all that a template can. */
const full: NodeTemplateInput = {
  ...small,
  ...{ clone: 'linked', snapshot: 'clean', cpus: 4, coresPerSocket: 2, memoryMiB: 8192, bootMedia: 'guestinfo' },
  disks: [{ sizeGiB: 30, thin: false }, { sizeGiB: 10 }],
  hosts: ['/DC0/host/DC0_C0/DC0_C0_H0'],
  folder: '/DC0/vm/k8s',
  networks: [
    { network: '/DC0/network/VM Network', mtu: 9000 },
    {
      network: '/DC0/network/DC0_DVPG0',
      addresses: { kind: 'static', ranges: ['10.0.0.10-10.0.0.40'], prefix: 24, searchDomains: ['lab.test'] },
    },
  ],
  tags: [{ category: 'owner', tag: 'team/blue' }],
  customAttributes: { 'cost-center': '42' },
  extraConfig: { 'disk.EnableUUID': 'TRUE', script: 'a\nb' },
  cloudInit: { packages: ['nfs-common'] },
  ...{ user: 'ops', keepFailed: true },
};
const draft = (template: NodeTemplateInput) => ({
  ...{ id: 'd-1', title: 'prod', updatedAt: 1 },
  content: {
    step: 'machines',
    document: {
      ...{ apiVersion: 'slipway.dev/v1', kind: 'Cluster', metadata: { name: 'prod' } },
      spec: {
        vsphere: { credential: 'lab' },
        templates: [template],
        pools: [{ name: 'node', count: 1, template: 'machine', roles: ['etcd', 'controlplane', 'worker'] }],
      },
    },
  },
});
async function openAt(template: NodeTemplateInput, script = goodHost()) {
  const client = openWizard({ ...script, 'drafts.get': () => draft(template) }, { draft: 'd-1' });
  await ready();
  await waitFor(() => expect(screen.queryByText(/Loading the inventory/)).toBeNull());
  const somebody = person();
  /** What the plan would be made of. */
  const written = async (): Promise<NodeTemplateInput | undefined> => {
    await somebody.next('Kubernetes');
    await somebody.next('Review');
    return specGiven(client, 'runs.plan').spec.templates?.[0];
  };
  return { client, somebody, written };
}
const field = (name: string) => screen.getByLabelText<HTMLInputElement>(name, { selector: 'input, textarea' });
const group = (name: string) => within(screen.getByRole('group', { name }));

describe('the form of a node template', () => {
  it('gives machines further networks and disks', async () => {
    const { somebody, written } = await openAt(small);
    await somebody.press('Further networks');
    await somebody.press('Add a network');
    await somebody.press('Next');
    await waitFor(() => expect(document.activeElement).toBe(field('Network 2')));
    expect(errorOf(field('Network 2'))).toBe('This is needed.');
    await somebody.choose('Network 2', 'DVPG0');
    await somebody.tick('radio', 'Static range', screen.getByRole('group', { name: 'Network 2' }));
    await somebody.write('Addresses to give out', '10.0.0.10-10.0.0.11');
    expect(screen.queryByRole('textbox', { name: 'Gateway' })).toBeNull(); // the default route is the first network's
    await somebody.press('Further disks');
    await somebody.press('Add a disk');
    await fireEvent.input(group('Disk 2').getByLabelText('Size of disk 2 (GiB)'), { target: { value: '50' } });
    expect(await written()).toEqual({
      ...small,
      networks: [
        ...small.networks,
        {
          network: '/DC0/network/DC0_DVPG0',
          addresses: { kind: 'static', ranges: ['10.0.0.10-10.0.0.11'], prefix: 24 },
        },
      ],
      disks: [{ sizeGiB: 50 }],
    });
  });

  it('takes tags and custom attributes from vCenter, asked for when their list is opened', async () => {
    const { client, somebody, written } = await openAt(small);
    await somebody.press('Tags and custom attributes');
    const asked = (kind: string) =>
      client.asked.filter(
        ({ operation, input }) => operation === 'vsphere.choices' && JSON.stringify(input).includes(kind),
      );
    expect([asked('tags'), asked('custom-attributes')]).toEqual([[], []]);
    await somebody.choose('Add a tag', 'blue');
    expect(screen.getByRole('list', { name: 'Tags of the machines' }).textContent).toContain('owner/team/blue');
    await somebody.choose('Add a custom attribute', 'cost');
    await waitFor(() => expect(document.activeElement).toBe(field('cost-center')));
    await somebody.write('cost-center', '42');
    await somebody.choose('Add a custom attribute', 'backup');
    expect([asked('tags'), asked('custom-attributes')].map(({ length }) => length)).toEqual([1, 1]);
    expect(await written()).toEqual({
      ...small,
      tags: [{ category: 'owner', tag: 'team/blue' }],
      customAttributes: { 'cost-center': '42', backup: '' },
    });
  });

  it('says why there are no tags to choose from, and asks again', async () => {
    const noRest = vsphereErrors.unreachable({ address: 'vcenter.lab.test', reason: 'no REST' });
    let isUp = false;
    const { somebody } = await openAt(small, {
      ...goodHost(),
      'vsphere.choices': async ({ kinds }) => {
        if (kinds.includes('tags') && !isUp) throw noRest;
        return inventory.filter(({ kind }) => kinds.includes(kind));
      },
    });
    await somebody.press('Tags and custom attributes');
    await fireEvent.click(field('Add a tag'));
    expect(await screen.findByText(noRest.data.cause)).toBeTruthy();
    isUp = true;
    await fireEvent.keyDown(field('Add a tag'), { key: 'Escape' });
    await somebody.choose('Add a tag', 'blue');
    expect(screen.getByRole('button', { name: 'Remove owner/team/blue' })).toBeTruthy();
  });

  it('merges cloud-init and sets extra config, and keeps nobody from correcting either', async () => {
    const { somebody, written } = await openAt(small);
    await somebody.press('cloud-init and extra config');
    const cloudInit = await screen.findByLabelText('cloud-init additions');
    await fireEvent.change(cloudInit, { target: { value: '#cloud-config\npackages: [nfs-common]\n' } });
    await fireEvent.change(field('Extra config of the VM'), { target: { value: 'disk.EnableUUID' } });
    expect(errorOf(field('Extra config of the VM'))).toBe('Each line must be name=value.');
    await somebody.press('Next');
    await waitFor(() => expect(document.activeElement).toBe(field('Extra config of the VM')));
    await fireEvent.change(field('Extra config of the VM'), { target: { value: 'disk.EnableUUID=TRUE' } });
    expect(await written()).toEqual({
      ...small,
      cloudInit: { packages: ['nfs-common'] },
      extraConfig: { 'disk.EnableUUID': 'TRUE' },
    });
  });

  it('changes one thing and keeps all others, whether it shows them or not', async () => {
    const { somebody, written } = await openAt(full);
    for (const part of ['Further networks 1', 'Further disks 2', 'Tags and custom attributes 2']) {
      await somebody.press(part);
    }
    await somebody.press('cloud-init and extra config set');
    await somebody.press('More about these machines');
    await fireEvent.input(field('CPUs'), { target: { value: '8' } });
    expect(await written()).toEqual({ ...full, cpus: 8 });
  });

  it('takes away without a trace what was added, and leads the focus on', async () => {
    const { somebody, written } = await openAt({ ...small, disks: [{ sizeGiB: 1 }], tags: full.tags ?? [] });
    await somebody.press('Further disks 1');
    await somebody.press('Remove disk 2');
    await waitFor(() => expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Add a disk' })));
    await somebody.press('Tags and custom attributes 1');
    await somebody.press('Remove owner/team/blue');
    await waitFor(() => expect(document.activeElement).toBe(field('Add a tag')));
    expect(await written()).toEqual(small);
  });
});
