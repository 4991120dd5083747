import * as v from 'valibot';
import { MachinePool, NodeTemplate, type NodeTemplateInput } from '#shared/spec/node-template.ts';

/** A template with one DHCP network, and every default. */
export function templateOf(more: Partial<NodeTemplateInput> = {}): NodeTemplate {
  return v.parse(NodeTemplate, { name: 'small', source: { vm: 'debian-13' }, networks: [{ network: 'lan' }], ...more });
}

/** A pool of workers from the template `small`, and every default. */
export function poolOf(more: Partial<v.InferInput<typeof MachinePool>> = {}): MachinePool {
  return v.parse(MachinePool, { name: 'workers', template: 'small', count: 2, roles: ['worker'], ...more });
}
