import { type Plan, type PlannedStep, planStep, stepId } from '#main/engine/plan.ts';
import type { Target } from '#shared/run/events.ts';
import type { Cluster } from '../cluster.ts';
import { removeAccess } from '../phases/remove-access.ts';
import { removeMachine } from '../phases/remove-machine.ts';

export const removePhases = [removeMachine, removeAccess] as const;

/**
 * The plan of `slipway down`: every machine that we made for this cluster, whether the spec still names it or not, and
 * then what they shared. Nothing else is touched.
 */
export function planRemove(cluster: Cluster): Plan {
  const machines = [...cluster.records.keys()].sort();
  const steps: PlannedStep[] = machines.map((machine) =>
    planStep(removeMachine, {
      target: { kind: 'machine', name: machine },
      input: { machine },
      changes: `Power off and destroy the VM of ${machine} with its disks`,
    }),
  );
  if (cluster.spec.vsphere) {
    const vcenter: Target = { kind: 'vcenter', name: cluster.spec.vsphere.credential };
    const changes = 'Remove the rules, empty folders and tags that were made for this cluster';
    const needs = machines.map((name) => stepId(removeMachine, { kind: 'machine', name }));
    steps.push(planStep(removeAccess, { target: vcenter, input: {}, changes, needs }));
  }
  return {
    operation: 'remove',
    clusterId: cluster.id,
    phases: removePhases.map(({ id, title }) => ({ id, title })),
    steps,
  };
}
