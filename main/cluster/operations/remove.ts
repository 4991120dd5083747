import { type Plan, type PlannedStep, planStep, stepId } from '#main/engine/plan.ts';
import type { Target } from '#shared/run/events.ts';
import type { Cluster } from '../cluster.ts';
import { cleanMachine } from '../phases/clean-machine.ts';
import { removeAccess } from '../phases/remove-access.ts';
import { removeMachine } from '../phases/remove-machine.ts';

export const removePhases = [removeMachine, cleanMachine, removeAccess] as const;

export interface RemoveOptions {
  /** Given machines that cannot be reached are given up. */
  readonly forgetUnreachable: boolean;
}

/**
 * The plan of `slipway down`: every machine that we made for this cluster, whether the spec still names it or not, is
 * destroyed; those that were there before are cleaned; and then what they shared goes. All at once: the whole cluster
 * goes, so nothing is drained and no quorum is kept.
 */
export function planRemove(
  cluster: Cluster,
  { forgetUnreachable }: RemoveOptions = { forgetUnreachable: false },
): Plan {
  const made = [...cluster.records.keys()].sort();
  const given = cluster.spec.machines.map(({ name }) => name).sort();
  const target = (name: string): Target => ({ kind: 'machine', name });
  const steps: PlannedStep[] = [
    ...made.map((machine) =>
      planStep(removeMachine, {
        target: target(machine),
        input: { machine },
        changes: `Power off and destroy the VM of ${machine} with its disks`,
      }),
    ),
    ...given.map((machine) =>
      planStep(cleanMachine, {
        target: target(machine),
        input: { machine, forgetUnreachable },
        changes: `Remove the cluster's containers, pods, files and data from ${machine}; Docker and containerd stay`,
      }),
    ),
  ];
  if (cluster.spec.vsphere) {
    const vcenter: Target = { kind: 'vcenter', name: cluster.spec.vsphere.credential };
    const changes = 'Remove the rules, empty folders and tags that were made for this cluster';
    const needs = made.map((name) => stepId(removeMachine, target(name)));
    const after = given.map((name) => stepId(cleanMachine, target(name)));
    steps.push(planStep(removeAccess, { target: vcenter, input: {}, changes, needs, after }));
  }
  const used = new Set(steps.map(({ phase }) => phase));
  return {
    operation: 'remove',
    clusterId: cluster.id,
    phases: removePhases.filter(({ id }) => used.has(id)).map(({ id, title }) => ({ id, title })),
    steps,
  };
}
