import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, describe, expect, it } from 'vitest';
import { errorOf, goodHost, openWizard, person, ready, specGiven } from './lab.ts';

afterEach(() => {
  cleanup();
  localStorage.clear();
  window.location.hash = '';
});

const field = (name: string) => screen.getByLabelText<HTMLInputElement>(name);
async function atOwnMachines() {
  const client = openWizard(goodHost());
  await ready();
  const somebody = person();
  await somebody.tick('radio', 'My own machines over SSH');
  return { client, somebody };
}
async function planned({ client, somebody }: Awaited<ReturnType<typeof atOwnMachines>>) {
  await somebody.next('Kubernetes');
  await somebody.next('Review');
  return specGiven(client, 'runs.plan').spec;
}

describe('own machines', () => {
  it('are reached through a jump host, with a login of its own', async () => {
    const opened = await atOwnMachines();
    const { somebody } = opened;
    await somebody.press('Port and jump host');
    await fireEvent.input(field('SSH port'), { target: { value: '2222' } });
    await somebody.tick('checkbox', 'Reach the machines through a jump host');
    await somebody.press('Next');
    await waitFor(() => expect(document.activeElement).toBe(field('Address of the jump host')));
    expect(errorOf(field('Address of the jump host'))).toBe('This is needed.');
    await somebody.write('Address of the jump host', 'jump.test');
    await somebody.write('User on the jump host (optional)', 'tom');
    await somebody.select('How to log in on the jump host', 'Key file on this computer');
    await somebody.next('Machines');
    await somebody.write('Machines, one per line', 'a 192.0.2.1');
    await somebody.press('Add these');
    expect((await planned(opened)).ssh).toEqual({
      port: 2222,
      bastion: { address: 'jump.test', user: 'tom', auth: { kind: 'key', key: 'file:~/.ssh/id_ed25519' } },
    });
  });

  it('may each have a login, a port and marks of their own', async () => {
    const opened = await atOwnMachines();
    const { somebody } = opened;
    await somebody.next('Machines');
    await somebody.write('Machines, one per line', 'a 192.0.2.1\nb 192.0.2.2');
    await somebody.press('Add these');
    await somebody.press('More about b');
    const b = within(screen.getByRole('group', { name: 'Machine b' }));
    await somebody.write('SSH user of this machine (optional)', 'ops');
    await fireEvent.input(b.getByLabelText('SSH port of this machine'), { target: { value: '2022' } });
    await somebody.select('How to log in on this machine', 'SSH agent');
    await fireEvent.change(field('Labels'), { target: { value: 'disk=ssd' } });
    await fireEvent.change(field('Taints'), { target: { value: 'gpu' } });
    expect(errorOf(field('Taints'))).toMatch(/^Each line must be key=value:effect/);
    await fireEvent.change(field('Taints'), { target: { value: 'gpu=yes:NoSchedule' } });
    await somebody.write('Address inside (optional)', 'b.test');
    await somebody.press('Next');
    await waitFor(() => expect(errorOf(field('Address inside (optional)'))).toBe('It must be an IPv4 address.'));
    await somebody.write('Address inside (optional)', '10.0.0.2');
    expect((await planned(opened)).machines).toEqual([
      { name: 'a', address: '192.0.2.1', roles: ['etcd', 'controlplane', 'worker'] },
      {
        ...{ name: 'b', address: '192.0.2.2', roles: ['worker'], internalAddress: '10.0.0.2' },
        ...{ user: 'ops', port: 2022, auth: { kind: 'agent' }, labels: { disk: 'ssd' } },
        taints: [{ key: 'gpu', value: 'yes', effect: 'NoSchedule' }],
      },
    ]);
  });
});
