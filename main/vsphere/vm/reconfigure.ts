import type { VimStruct } from '../client/envelope.ts';
import type { Ref } from '../client/reference.ts';
import { runTask } from '../client/tasks.ts';
import type { Vcenter } from '../client/vcenter.ts';
import { extraOption } from './clone-spec.ts';
import type { NamedVm } from './vm-ref.ts';

const reconfigureMs = 5 * 60_000;

/** @param spec A `VirtualMachineConfigSpec`, in the order of the WSDL. */
export async function reconfigure(
  vcenter: Vcenter,
  vm: Ref,
  spec: VimStruct,
  what: string,
  signal: AbortSignal,
): Promise<void> {
  const call = { method: 'ReconfigVM_Task', target: vm, args: { spec } };
  await runTask(vcenter, call, { what, withinMs: reconfigureMs }, signal);
}

/** '' removes a key. */
export async function setExtraConfig(
  vcenter: Vcenter,
  { ref, name }: NamedVm,
  values: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<void> {
  const extraConfig = Object.entries(values).map(([key, value]) => extraOption(key, value));
  await reconfigure(vcenter, ref, { extraConfig }, `set extra configuration of ${name}`, signal);
}
