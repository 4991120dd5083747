import { describe, expect, it } from 'vitest';
import { openSsh } from '#main/cluster/phases/open-ssh.ts';
import { clusterOf, everyRole } from '#test/fakes/cluster.ts';
import { makeWorld } from '#test/fakes/world/world.ts';
import { runPhase } from './run-phase.ts';

const cluster = clusterOf([everyRole]);
const input = { machine: 'm1' };

describe('openSsh', () => {
  it('names all that is wrong with a machine at once and records nothing', async () => {
    const world = makeWorld(cluster);
    const machine = world.machine('m1');
    machine.facts = { ...machine.facts, swapMiB: 100, hasSystemd: false };
    machine.clockSkewMs = 3_600_000;
    const { outcome, error } = await runPhase(openSsh, world.ports, input);
    expect(outcome).toBe('preflight.machine_unfit');
    expect(error?.chain.map(({ code }) => code)).toEqual([
      'preflight.no_systemd',
      'preflight.swap_on',
      'preflight.clock_wrong',
    ]);
    expect(world.mutations()).toEqual([]);
  });

  it('is skipped when the machine is as it was, whatever its free space and its pod network', async () => {
    const world = makeWorld(cluster);
    await runPhase(openSsh, world.ports, input);
    const machine = world.machine('m1');
    const freeMiB = { ...machine.facts.freeMiB, '/var/lib/docker': 20_000 };
    machine.facts = { ...machine.facts, freeMiB, addresses: ['10.0.0.1', '10.42.0.0'] };
    expect((await runPhase(openSsh, world.ports, input)).outcome).toBe('skipped: reachable, and as it was');
  });

  it('looks afresh each time', async () => {
    const world = makeWorld(cluster);
    await runPhase(openSsh, world.ports, input);
    world.machine('m1').facts = { ...world.machine('m1').facts, memoryMiB: 4096 };
    await runPhase(openSsh, world.ports, input);
    expect(world.inventory.facts.get('m1')?.memoryMiB).toBe(4096);
  });
});
