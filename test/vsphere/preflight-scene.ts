import * as v from 'valibot';
import { typed, type TypedInput, type VimStruct } from '#main/vsphere/client/envelope.ts';
import type { Ref } from '#main/vsphere/client/reference.ts';
import { runTask } from '#main/vsphere/client/tasks.ts';
import type { Vcenter } from '#main/vsphere/client/vcenter.ts';
import type { PreflightRequest } from '#main/cluster/vsphere-port.ts';
import { MachinePool, NodeTemplate, type NodeTemplateInput } from '#shared/spec/node-template.ts';
import { signal } from './open.ts';

/** A template that fits the small vCenter of the lab. */
export function nodeTemplate(changes: Partial<NodeTemplateInput> = {}): NodeTemplate {
  return v.parse(NodeTemplate, {
    name: 'small',
    source: { vm: '/DC0/vm/prod%2fblue/ubuntu-24.04' },
    pool: 'DC0_C0_RP1',
    datastore: 'LocalDS_0',
    folder: '/DC0/vm/slipway',
    networks: [{ network: 'DC0_DVPG0' }],
    ...changes,
  });
}

export function machinePool(changes: Partial<v.InferInput<typeof MachinePool>> = {}): MachinePool {
  return v.parse(MachinePool, { name: 'worker', template: 'small', count: 3, roles: ['worker'], ...changes });
}

export function machines(
  template: NodeTemplate,
  { names = ['demo-worker-1'], addresses = [], pool = machinePool() }: Partial<Machines> = {},
): PreflightRequest['machines'][number] {
  return { template, pool, names, addresses };
}

type Machines = Pick<PreflightRequest['machines'][number], 'names' | 'addresses' | 'pool'>;

/** Sets a property of a VM in the simulator, which takes keys that begin with `SET.` for that. */
export function setProperty(vcenter: Vcenter, vm: Ref, path: string, value: TypedInput): Promise<unknown> {
  return reconfigure(vcenter, vm, {
    extraConfig: [typed('OptionValue', { key: `SET.${path}`, value })],
  });
}

export async function reconfigure(vcenter: Vcenter, vm: Ref, spec: VimStruct): Promise<void> {
  const call = { method: 'ReconfigVM_Task', target: vm, args: { spec } };
  await runTask(vcenter, call, { what: 'set the stage', withinMs: 10_000 }, signal);
}
