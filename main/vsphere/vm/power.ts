import { hasCode } from '#shared/errors/define.ts';
import type { Ref } from '../client/reference.ts';
import { runTask } from '../client/tasks.ts';
import type { Vcenter } from '../client/vcenter.ts';

const powerMs = 5 * 60_000;

/** Nothing happens to a VM that is in that state already. */
export async function switchPower(
  vcenter: Vcenter,
  vm: Ref,
  to: 'on' | 'off',
  what: string,
  signal: AbortSignal,
): Promise<void> {
  const call = { method: to === 'on' ? 'PowerOnVM_Task' : 'PowerOffVM_Task', target: vm };
  try {
    await runTask(vcenter, call, { what, withinMs: powerMs }, signal);
  } catch (error) {
    if (!hasCode(error, 'vsphere.invalid_state') || error.data.params['fault'] !== 'InvalidPowerState') throw error;
  }
}
