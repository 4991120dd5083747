import type { MachineFacts } from '#main/cluster/machine-facts.ts';
import { quote } from '../shell.ts';
import type { SshConnection } from '../ssh/connection.ts';
import { parseFacts } from './parse.ts';
import { factsScript } from './script.ts';

/** Runs the look in one command. The answer is completed with what Docker tells, which is asked for meanwhile. */
export async function lookAtMachine(
  connection: SshConnection,
  signal: AbortSignal,
): Promise<(machine: string, docker: MachineFacts['docker']) => MachineFacts> {
  const { output } = await connection.exec(`LC_ALL=C sh -c ${quote(factsScript)}`, {}, signal);
  return (machine, docker) => parseFacts(machine, output.toString(), docker);
}
