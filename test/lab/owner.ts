import { readFileSync } from 'node:fs';

/** A process. Its start time goes with the pid because pids are used again, and soon on a small machine. */
export interface Owner {
  readonly pid: number;
  /** Clock ticks between boot and its start: field 22 of proc(5) `/proc/<pid>/stat`. */
  readonly startTime: string;
}

/** @throws when there is no such process. */
export function ownerOf(pid: number): Owner {
  const startTime = startTimeOf(pid);
  if (startTime === undefined) throw new Error(`There is no process ${pid}.`);
  return { pid, startTime };
}

export function isAlive(owner: Owner): boolean {
  return startTimeOf(owner.pid) === owner.startTime;
}

function startTimeOf(pid: number): string | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined; // the process ended, perhaps while we were reading
  }
  // The second field is the program's name in parentheses and may hold spaces: count from behind it.
  const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // A zombie waits only to be reaped by its parent; it owns nothing any more.
  return state === 'Z' ? undefined : rest[18];
}
