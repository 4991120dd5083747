import type { Lab } from '#test/lab/lab.ts';
import type { LabMachine } from '#test/lab/machine.ts';

const file = '/tmp/seen-arguments';
const unit = 'seen-arguments';

/** Notes the arguments and environments of all processes of all machines again and again, until asked for them. */
export async function watchArguments(lab: Lab): Promise<() => Promise<string>> {
  const machines = Object.values(lab.machines);
  const look = `while :; do cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ >> ${file}; sleep 0.2; done 2> /dev/null`;
  await Promise.all(machines.map((machine) => machine.run(['systemd-run', '--unit', unit, 'bash', '-c', look])));
  return async () => (await Promise.all(machines.map(seenOn))).join('\n');
}

async function seenOn(machine: LabMachine): Promise<string> {
  await machine.run(['systemctl', 'stop', unit]);
  return machine.run(`tr '\\0' '\\n' < ${file} | sort -u`);
}
