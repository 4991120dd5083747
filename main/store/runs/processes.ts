import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { LeaseHolder } from '#main/engine/journal.ts';
import { failureCode } from '#main/store/failure-code.ts';

/**
 * What can be said of a process id on this computer. `running` with the start time where the system tells it (Linux);
 * `exists` where a process has that id but it may be another one.
 */
export type ProcessSeen =
  { readonly kind: 'running'; readonly start: string } | { readonly kind: 'gone' } | { readonly kind: 'exists' };

/** This process as a lease holder. @param label What the person called: "slipway up". */
export function thisProcess(label: string): LeaseHolder {
  const seen = lookAtProcess(process.pid);
  const processStart = seen.kind === 'running' ? seen.start : String(performance.timeOrigin);
  return { hostname: hostname(), pid: process.pid, processStart, label };
}

export function lookAtProcess(pid: number): ProcessSeen {
  if (process.platform !== 'linux') return signalProcess(pid);
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // proc_pid_stat(5): the command may hold spaces and brackets; after its last ")" come state (3) … starttime (22).
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, ticks] = [fields[0], fields[22 - 3]];
    // A killed process whose parent has not noticed yet keeps its number but does nothing any more.
    if (state === undefined || ticks === undefined || 'ZXx'.includes(state)) return { kind: 'gone' };
    // Ticks count from the boot: without its id, a process of an earlier boot could look like this one.
    return { kind: 'running', start: `${bootId()}:${ticks}` };
  } catch (cause) {
    // With `hidepid`, /proc shows only one's own processes: "not there" then only means "not ours".
    if (['ENOENT', 'ESRCH'].includes(failureCode(cause))) return signalProcess(pid);
    return { kind: 'exists' };
  }
}

/** Signal 0 asks only whether there is such a process; EPERM means there is, of somebody else. */
function signalProcess(pid: number): ProcessSeen {
  try {
    process.kill(pid, 0);
    return { kind: 'exists' };
  } catch (cause) {
    return { kind: failureCode(cause) === 'ESRCH' ? 'gone' : 'exists' };
  }
}

function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}
