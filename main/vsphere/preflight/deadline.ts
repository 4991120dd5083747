import type { Finding } from '#main/cluster/vsphere-port.ts';
import { SlipwayError } from '#shared/errors/define.ts';
import { orAborted } from '../client/or-aborted.ts';
import { stop, warn } from './finding.ts';

/** One thing to look at. */
export interface Check {
  /** As in "vCenter did not tell in time: …": "which privileges the user has". */
  readonly what: string;
  readonly look: (signal: AbortSignal) => Promise<readonly Finding[]>;
}

/**
 * Runs one check until the deadline. What vCenter refuses or is too slow for becomes a finding, so that the others are
 * still shown; when vCenter does not answer at all the whole preflight fails, and may be tried again.
 */
export async function findingsOf(
  { what, look }: Check,
  address: string,
  deadline: AbortSignal,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const either = AbortSignal.any([signal, deadline]);
  try {
    return await orAborted(look(either), either);
  } catch (error) {
    signal.throwIfAborted();
    if (deadline.aborted) return [overdue(what, address)];
    if (error instanceof SlipwayError && error.data.retry === 'never' && !noVcenter.has(error.code)) {
      return [stop(`vCenter ${address}`, `cannot look up ${what}: ${error.data.cause}`, error.data.hint)];
    }
    throw error;
  }
}

/** Then no check can find anything, and what stops all of them is told once, as it is. */
const noVcenter: ReadonlySet<string> = new Set([
  ...['vsphere.certificate_changed', 'vsphere.certificate_untrusted', 'vsphere.login_refused'],
  ...['vsphere.proxy_refused', 'vsphere.closed'],
]);

/** A warning: nothing is known to be wrong, and the run itself has more patience. */
function overdue(what: string, address: string): Finding {
  return warn(
    `vCenter ${address}`,
    `it did not tell in time: ${what}. This was not checked.`,
    'The vCenter is slow now. Check again later, or go on without this check.',
  );
}
