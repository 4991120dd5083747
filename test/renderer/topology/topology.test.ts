import { cleanup, fireEvent, render, screen, within } from '@testing-library/svelte';
import { afterEach, describe, expect, it } from 'vitest';
import Topology from '#renderer/features/topology/Topology.svelte';
import { topologyOf, type TopologyMachine } from '#renderer/features/topology/topology-of.ts';

const control = (n: number): TopologyMachine => ({
  name: `control-${n}`,
  roles: ['etcd', 'controlplane'],
  pool: 'control',
  address: `192.0.2.${n}`,
  ready: true,
});
const worker = (n: number, ready?: boolean): TopologyMachine => ({
  name: `worker-${n}`,
  roles: ['worker'],
  pool: 'worker',
  ready,
});
const many = (count: number): readonly TopologyMachine[] =>
  Array.from({ length: count }, (_, at) => worker(at + 1, at !== 41));

afterEach(cleanup);

describe('the drawing of a cluster', () => {
  it('puts each machine by the most that it does', () => {
    const { tiers } = topologyOf([worker(1), control(1), { name: 'etcd-1', roles: ['etcd'] }]);
    expect(
      tiers.map(({ kind, groups }) => [kind, groups.map(({ machines }) => machines.map(({ name }) => name))]),
    ).toEqual([
      ['etcd', [['etcd-1']]],
      ['controlplane', [['control-1']]],
      ['worker', [['worker-1']]],
    ]);
  });

  it.each([
    [1, 1, 0],
    [3, 2, 1],
    [4, 3, 1],
    [5, 3, 2],
  ])('says for %i members of etcd how many must live and how many may be lost', (members, quorum, spare) => {
    const machines = Array.from({ length: members }, (_, at) => control(at + 1));
    expect(topologyOf(machines).etcd).toEqual({ members, quorum, spare });
  });

  it('says in words what it draws', () => {
    render(Topology, { props: { machines: [control(1), control(2), control(3), worker(1), worker(2)] } });
    expect(screen.getByRole('figure', { name: 'Topology' }).querySelector('figcaption')?.textContent).toBe(
      '5 machines; etcd: quorum 2 of 3, one may be lost; API servers: 3; machines that reach them through their own nginx-proxy: 2.',
    );
    expect(screen.getByText('the nginx-proxy of each reaches all 3 API servers, port 6443')).toBeTruthy();
    const tier = within(screen.getByRole('region', { name: 'Control plane' }));
    expect(tier.getAllByRole('listitem').map((node) => node.textContent.replaceAll(/\s+/g, ' ').trim())[0]).toBe(
      'control-1 192.0.2.1 Ready etcd · control plane',
    );
  });

  it('draws of a thousand workers only those that are not Ready, and the others in a list on demand', async () => {
    render(Topology, { props: { machines: [control(1), ...many(1000)] } });
    const tier = within(screen.getByRole('region', { name: 'Workers' }));
    expect(tier.getAllByRole('listitem').map((node) => node.textContent.replaceAll(/\s+/g, ' ').trim())).toEqual([
      'worker-42 Not Ready',
    ]);
    expect(tier.getByText('1000 machines · 999 of 1000 Ready')).toBeTruthy();
    await fireEvent.click(tier.getByRole('button', { name: 'All 1000 machines' }));
    const drawn = tier.getAllByText(/^worker-\d+$/).length;
    expect(drawn).toBeGreaterThan(1);
    expect(drawn).toBeLessThan(100);
  });
});
