import { beforeEach, describe, expect, it } from 'vitest';
import { installDocker } from '#main/cluster/phases/install-docker.ts';
import { checkPorts, startPortListeners, stopPortListeners } from '#main/cluster/phases/port-checks.ts';
import { clusterOf, everyRole } from '#test/fakes/cluster.ts';
import { makeWorld } from '#test/fakes/world/world.ts';
import { runPhase } from './run-phase.ts';

const cluster = clusterOf([everyRole, ['worker'], ['worker']]);
let world = makeWorld(cluster);

async function onEach(phase: typeof startPortListeners): Promise<readonly string[]> {
  const ends: string[] = [];
  for (const { name } of cluster.machines) ends.push((await runPhase(phase, world.ports, { machine: name })).outcome);
  return ends;
}

beforeEach(async () => {
  world = makeWorld(cluster);
  await onEach(installDocker);
});

describe('the port checks', () => {
  it('pass where every connection works, and leave nothing behind', async () => {
    expect(await onEach(startPortListeners)).toEqual(['done', 'done', 'done']);
    expect((await runPhase(checkPorts, world.ports, {})).outcome).toBe('done');
    expect(await onEach(stopPortListeners)).toEqual(['done', 'done', 'done']);
    expect([...world.machines.values()].flatMap(({ containers }) => [...containers.keys()])).toEqual([]);
  });

  it('name every blocked pair in one report', async () => {
    await onEach(startPortListeners);
    world.block('m2', 'm1', 6443);
    world.block('m3', 'm2', 8472);
    const { outcome, error } = await runPhase(checkPorts, world.ports, {});
    expect(outcome).toBe('port.blocked');
    expect(
      error?.chain.map(({ params }) => [params['from'], params['to'], params['protocol'], params['port']]),
    ).toEqual([
      ['m2', 'm1', 'tcp', 6443],
      ['m3', 'm2', 'udp', 8472],
    ]);
  });

  it('remove the listeners also after a failed check', async () => {
    await onEach(startPortListeners);
    world.block('m2', 'm1', 6443);
    await runPhase(checkPorts, world.ports, {});
    await onEach(stopPortListeners);
    expect(world.machine('m1').containers.has('rke-port-listener')).toBe(false);
  });

  it('name ports that another program has, and free the others', async () => {
    world.machine('m1').foreignPorts.add('tcp/6443');
    const { error } = await runPhase(startPortListeners, world.ports, { machine: 'm1' });
    expect(error).toMatchObject({ code: 'port.in_use', params: { machine: 'm1', ports: 'port 6443' } });
    expect(world.machine('m1').containers.has('rke-port-listener')).toBe(false);
  });

  it('say which machines could not be checked instead of calling their ports blocked', async () => {
    await onEach(startPortListeners);
    world.machine('m3').unreachable = new Error('switched off');
    const { outcome, warnings } = await runPhase(checkPorts, world.ports, {});
    expect([outcome, warnings]).toEqual(['done', ['Ports of these machines were not all checked: m3.']]);
  });
});
