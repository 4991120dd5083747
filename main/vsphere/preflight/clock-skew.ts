import type { Finding } from '#main/cluster/vsphere-port.ts';
import { child, textOf } from '../client/answer.ts';
import { serviceInstance } from '../client/service-content.ts';
import type { Vcenter } from '../client/vcenter.ts';
import { stop, warn } from './finding.ts';

const warnMs = 30_000;
const stopMs = 5 * 60_000;

/**
 * Certificates are valid from now on by our clock, and machines take theirs from the hosts that vCenter sets.
 * @param skewMs How far vCenter's clock is ahead of ours.
 */
export function clockSkew(skewMs: number, address: string): readonly Finding[] {
  const by = Math.abs(skewMs);
  if (by <= warnMs) return [];
  const problem = `its clock is ${durationText(by)} ${skewMs > 0 ? 'ahead of' : 'behind'} the clock of this computer.`;
  const remedy = 'Set both by NTP: certificates made here are not valid yet, or no longer, where the clock is wrong.';
  return [(by > stopMs ? stop : warn)(`vCenter ${address}`, problem, remedy)];
}

/** How far vCenter's clock is ahead, in ms; half of the way there and back is taken as the way back. */
export async function readClockSkew(vcenter: Vcenter, now: () => number, signal: AbortSignal): Promise<number> {
  const asked = now();
  const answer = await vcenter.call(
    { method: 'CurrentTime', target: serviceInstance, what: 'ask for the time' },
    signal,
  );
  const middle = asked + (now() - asked) / 2;
  const theirs = Date.parse(textOf(child(answer, 'returnval')) ?? '');
  return Number.isNaN(theirs) ? 0 : theirs - middle;
}

function durationText(ms: number): string {
  return ms < 120_000 ? `${String(Math.round(ms / 1000))} s` : `${String(Math.round(ms / 60_000))} min`;
}
