import { cleanup, screen, waitFor } from '@testing-library/svelte';
import { afterEach, describe, expect, it } from 'vitest';
import { atStep, goodHost, openWizard, person, ready, specGiven } from './lab.ts';

afterEach(cleanup);

describe('the short way from nothing to a cluster', () => {
  it('asks for a template and a few times Next where the vCenter is known', async () => {
    const client = openWizard(goodHost());
    await ready();
    const somebody = person();
    expect(await screen.findByText('administrator@vsphere.local may do all that is needed.')).toBeTruthy();
    await somebody.next('Machines');
    await waitFor(() => expect(screen.queryByText(/Loading the inventory/)).toBeNull());
    await somebody.choose('Template or VM', 'debian');
    await somebody.next('Kubernetes');
    await somebody.next('Review');
    await screen.findByRole('region', { name: 'The plan' });
    await somebody.next('Create');
    await somebody.press('Create the cluster');
    await waitFor(() => expect(window.location.hash).toBe('#/runs/r-7'));
    expect(somebody.inputs()).toBe(6);
    expect(specGiven(client, 'runs.start')).toEqual({
      apiVersion: 'slipway.dev/v1',
      kind: 'Cluster',
      metadata: { name: 'cluster-1' },
      spec: {
        vsphere: { credential: 'lab' },
        templates: [
          {
            name: 'machine',
            source: { vm: '/DC0/vm/templates/debian-13' },
            pool: '/DC0/host/DC0_C0',
            datastore: '/DC0/datastore/LocalDS_0',
            networks: [{ network: '/DC0/network/VM Network' }],
          },
        ],
        pools: [
          { name: 'control', count: 1, template: 'machine', roles: ['etcd', 'controlplane'] },
          { name: 'worker', count: 2, template: 'machine', roles: ['worker'] },
        ],
      },
    });
    expect(client.asked).toContainEqual({ operation: 'drafts.remove', input: expect.anything() });
  });

  it('takes at most 12 inputs from an empty app on, with the vCenter to be added', async () => {
    const thumbprint = Array.from({ length: 32 }, () => 'AB').join(':');
    const certificate = { thumbprint, subject: 's', issuer: 'i', validFrom: 'a', validTo: 'b', names: [] };
    const { credential, inventory: _ } = await import('./lab.ts');
    const kept: (typeof credential)[] = [];
    openWizard({
      ...goodHost(),
      'credentials.list': () => kept,
      'credentials.inspect': ({ address }) => ({ address, trusted: false, certificate }),
      'credentials.add': ({ name }) => {
        const made = { ...credential, name };
        kept.push(made);
        return { credential: made, vcenter: { version: '8', instanceUuid: 'u', loggedInAs: 'a' } };
      },
    });
    await ready();
    const somebody = person();
    await somebody.write('vCenter address', 'vcenter.lab.test');
    await somebody.write('User', 'administrator@vsphere.local');
    const password = screen.getByLabelText<HTMLInputElement>('Password');
    password.value = 'secret-1';
    password.dispatchEvent(new Event('input', { bubbles: true }));
    await somebody.press('Check and add');
    await screen.findByRole('button', { name: 'The thumbprint is right: log in' });
    await somebody.press('The thumbprint is right: log in');
    await screen.findByText('administrator@vsphere.local may do all that is needed.');
    await somebody.next('Machines');
    await waitFor(() => expect(screen.queryByText(/Loading the inventory/)).toBeNull());
    await somebody.choose('Template or VM', 'debian');
    await somebody.next('Kubernetes');
    await somebody.next('Review');
    await screen.findByRole('region', { name: 'The plan' });
    await somebody.next('Create');
    await somebody.press('Create the cluster');
    await waitFor(() => expect(window.location.hash).toBe('#/runs/r-7'));
    const passwordTyped = 1;
    expect(somebody.inputs() + passwordTyped).toBeLessThanOrEqual(12);
  });

  it('moves the focus to the heading of each step, there and back', async () => {
    openWizard(goodHost());
    await ready();
    const somebody = person();
    await somebody.next('Machines');
    await somebody.press('Back');
    await atStep('Where');
    const steps = screen.getByRole('navigation', { name: 'Steps' });
    expect([...steps.querySelectorAll('[aria-current=step]')].map((step) => step.textContent.trim())).toEqual([
      expect.stringContaining('Where'),
    ]);
  });
});
