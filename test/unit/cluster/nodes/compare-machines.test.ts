import { describe, expect, it } from 'vitest';
import { compareMachines } from '#main/cluster/nodes/compare-machines.ts';
import { clusterOf, everyRole } from '#test/fakes/cluster.ts';
import { freshFacts } from '#test/fakes/world/machine.ts';

const machines = clusterOf([everyRole, everyRole, ['worker']]).machines.map((machine, index) => ({
  machine,
  facts: freshFacts(machine.name, machine.internalIp, index),
  clockSkewMs: 0,
}));
const changed = (index: number, facts: object, clockSkewMs = 0) =>
  machines.map((each, at) => (at === index ? { ...each, facts: { ...each.facts, ...facts }, clockSkewMs } : each));

describe('compareMachines', () => {
  it('lets machines pass that fit together', () => {
    expect(compareMachines(machines)).toEqual({ errors: [], warnings: [] });
  });

  it.each([
    ['equal machine ids', changed(1, { machineId: machines[0]?.facts.machineId }), 'preflight.duplicate_machine_id'],
    ['one machine under two names', changed(1, { defaultAddress: '10.0.0.1' }), 'preflight.duplicate_address'],
    ['clocks far apart', changed(1, {}, 70_000), 'preflight.clocks_apart'],
  ])('refuses %s', (_why, compared, code) => {
    expect(compareMachines(compared).errors.map((error) => error.code)).toEqual([code]);
  });

  it.each([
    ['different MTUs', changed(2, { mtu: 1400 }), 'MTUs'],
    ['different processors', changed(2, { architecture: 'arm64' }), 'processor architectures'],
    ['equal host names', changed(2, { hostname: 'm1' }), 'm1 and m3 call themselves "m1"'],
    ['etcd clocks more than a second apart', changed(1, {}, 2_000), 'etcd machines m1 and m2 are 2.0 s apart'],
  ])('warns of %s', (_why, compared, text) => {
    const { errors, warnings } = compareMachines(compared);
    expect([errors, warnings]).toEqual([[], [expect.stringContaining(text)]]);
  });
});
