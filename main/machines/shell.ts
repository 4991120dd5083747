import { machineErrors } from '#shared/errors/machine.ts';
import type { Executed, Execution } from './ssh/connection.ts';
import type { MachineConnections } from './ssh/connections.ts';

/** A word for a POSIX shell. */
export function quote(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

const noRoot = 97;
const asRoot = [
  'if [ "$(id -u)" = 0 ]; then exec sh -c "$1"; fi',
  `sudo -n true 2>/dev/null || exit ${noRoot}`,
  'exec sudo -n -- sh -c "$1"',
].join('; ');

/**
 * Runs a script as root in one round trip, by sudo where the user is not root. Standard input is the script's to read.
 * The script is part of the process's arguments on the machine: never put a secret into it.
 * @param action for errors: "write files".
 * @throws `machine.needs_root`; errors of `sshErrors`.
 */
export async function runAsRoot(
  connections: MachineConnections,
  machine: string,
  { action, script, ...execution }: Execution & { readonly action: string; readonly script: string },
  signal: AbortSignal,
): Promise<Executed> {
  const connection = await connections.connect(machine, signal);
  const command = `LC_ALL=C sh -c ${quote(asRoot)} slipway ${quote(`export LC_ALL=C\n${script}`)}`;
  const executed = await connection.exec(command, execution, signal);
  if (executed.exitCode === noRoot) throw machineErrors.needs_root({ machine, action }, { target: machine });
  return executed;
}

/** `runAsRoot` that throws `machine.command_failed` or `machine.disk_full` unless the script ends with 0. */
export async function mustRunAsRoot(
  connections: MachineConnections,
  machine: string,
  run: Execution & { readonly action: string; readonly script: string },
  signal: AbortSignal,
): Promise<Executed> {
  const executed = await runAsRoot(connections, machine, run, signal);
  if (executed.exitCode === 0) return executed;
  const context = { target: machine, lastLines: executed.errorLines };
  // A command's exit status says nothing about why; the texts are fixed by LC_ALL=C.
  if (executed.errorLines.some((line) => line.includes('No space left on device')))
    throw machineErrors.disk_full({ machine, action: run.action }, context);
  throw machineErrors.command_failed({ machine, action: run.action, exitCode: executed.exitCode }, context);
}
