import { describe, expect, it } from 'vitest';
import { cleanMachine } from '#main/cluster/phases/clean-machine.ts';
import { installDocker } from '#main/cluster/phases/install-docker.ts';
import { sshErrors } from '#shared/errors/ssh.ts';
import { clusterOf, everyRole } from '#test/fakes/cluster.ts';
import { type FakeWorld, makeWorld } from '#test/fakes/world/world.ts';
import { runPhase } from './run-phase.ts';

const away = sshErrors.unreachable({ address: '10.0.0.1', port: 22, waitedMs: 15_000 }, { target: 'm1' });
const input = { machine: 'm1', forgetUnreachable: false };

async function prepared(): Promise<FakeWorld> {
  const world = makeWorld(clusterOf([everyRole]));
  await runPhase(installDocker, world.ports, { machine: 'm1' });
  return world;
}

describe('cleanMachine', () => {
  it('fails where the machine cannot be reached, and keeps what is recorded', async () => {
    const world = await prepared();
    const recorded = world.inventory.artefacts.size;
    world.machine('m1').unreachable = away;
    const { outcome, error } = await runPhase(cleanMachine, world.ports, input);
    expect([outcome, error?.chain[0]?.code]).toEqual(['removal.not_reached', 'ssh.unreachable']);
    expect(world.inventory.artefacts.size).toBe(recorded);
  });

  it('gives an unreachable machine up when that is wished, and names what stays there', async () => {
    const world = await prepared();
    world.inventory.artefacts.set('container m1/etcd', { kind: 'container', key: 'm1/etcd', where: 'm1' });
    world.machine('m1').unreachable = away;
    const { outcome, warnings } = await runPhase(cleanMachine, world.ports, { ...input, forgetUnreachable: true });
    expect(outcome).toBe('done');
    expect(warnings.join()).toMatch(/m1 cannot be reached and was given up.*\(etcd\); 7 files/);
    expect(world.inventory.artefacts.size).toBe(0);
  });

  it('cleans a machine that answers although giving up was allowed', async () => {
    const world = await prepared();
    const wished = { ...input, forgetUnreachable: true };
    expect(await runPhase(cleanMachine, world.ports, wished)).toEqual({ outcome: 'done', warnings: [] });
    expect([...world.machine('m1').files.keys()]).toEqual([]);
  });

  it('does not give a machine up for any other failure', async () => {
    const world = await prepared();
    world.machine('m1').unreachable = new Error('a fault of ours');
    const { outcome } = await runPhase(cleanMachine, world.ports, { ...input, forgetUnreachable: true });
    expect(outcome).toBe('internal.unexpected');
    expect(world.inventory.artefacts.size).toBeGreaterThan(0);
  });

  it('leaves folders that only a component would have made where that component never ran', async () => {
    const world = await prepared();
    world.machine('m1').traces.add('/var/lib/etcd').add('/var/lib/kubelet').add('pods');
    await runPhase(cleanMachine, world.ports, input);
    expect([...world.machine('m1').traces]).toEqual(['/var/lib/etcd', '/var/lib/kubelet', 'pods']);
  });
});
