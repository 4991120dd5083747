import { loadMaterial, type Material } from '../certificates/material.ts';
import { machineNamed, type ClusterRun, type Machine } from '../cluster.ts';
import type { MachineFacts } from '../machine-facts.ts';
import { machineFiles } from '../planes/config-files.ts';
import type { RemoteFile } from '../ports.ts';

/** All that the container specs of one machine are made from, read from spec and inventory: no look at the machine. */
export interface MachineState {
  readonly machine: Machine;
  readonly facts: MachineFacts;
  readonly material: Material;
  readonly files: readonly RemoteFile[];
}

export type MachineInput = { readonly machine: string };

export async function loadMachineState(run: ClusterRun, name: string): Promise<MachineState> {
  const machine = machineNamed(run.cluster, name);
  const [facts, material] = await Promise.all([run.inventory.facts(name), loadMaterial(run.inventory, run.cluster)]);
  if (!facts) throw new Error(`No facts of machine "${name}": the plan must put "open-ssh" before this step`);
  return { machine, facts, material, files: machineFiles(run.cluster, machine, facts, material) };
}
