import { machineErrors } from '#shared/errors/machine.ts';
import { mustRunAsRoot, quote, runAsRoot } from './shell.ts';
import type { MachineConnections } from './ssh/connections.ts';

/** `systemctl start` and `restart` return when the unit is active or has failed; the rest is telling why. */
export async function ensureService(
  connections: MachineConnections,
  machine: string,
  unit: string,
  options: { readonly restart: boolean },
  signal: AbortSignal,
): Promise<void> {
  const name = quote(unit);
  const begin = options.restart ? `systemctl restart ${name}` : `systemctl start ${name}`;
  const script = [
    // A unit that failed too often is refused for a while unless this is said.
    `systemctl daemon-reload; systemctl reset-failed ${name} 2>/dev/null`,
    `systemctl enable --quiet ${name}; ${begin}`,
    `systemctl is-active --quiet ${name} && exit 0`,
    `systemctl --no-pager --lines=0 status ${name} >&2; journalctl --no-pager -n 15 -o cat -u ${name} >&2`,
    'exit 3',
  ];
  const run = { action: `start ${unit}`, script: script.join('\n') };
  const { exitCode, errorLines } = await runAsRoot(connections, machine, run, signal);
  if (exitCode !== 0) throw machineErrors.service_failed({ machine, unit }, { target: machine, lastLines: errorLines });
}

/** Stopped, and not started at the next boot. No error for a unit that is not known. */
export async function removeService(
  connections: MachineConnections,
  machine: string,
  unit: string,
  signal: AbortSignal,
): Promise<void> {
  const name = quote(unit);
  const script = `systemctl cat ${name} >/dev/null 2>&1 || exit 0; systemctl disable --quiet --now ${name}`;
  await mustRunAsRoot(connections, machine, { action: `stop ${unit}`, script }, signal);
}

export async function reloadService(
  connections: MachineConnections,
  machine: string,
  unit: string,
  signal: AbortSignal,
): Promise<void> {
  const run = { action: `reload ${unit}`, script: `systemctl reload ${quote(unit)}` };
  await mustRunAsRoot(connections, machine, run, signal);
}

/** @throws `machine.sysctl_failed` naming the first key that the kernel refuses. */
export async function applySysctls(
  connections: MachineConnections,
  machine: string,
  values: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<void> {
  const entries = Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));
  const script = entries.map(([key, value]) => {
    const path = quote(`/proc/sys/${key.replaceAll('.', '/')}`);
    // A value that is there already is not written: some are read-only and right all the same.
    const same = `[ "$(tr -s '\\t ' ' ' < ${path})" = ${quote(value)} ]`;
    return `${same} || printf '%s\\n' ${quote(value)} > ${path} || { printf '%s\\n' ${quote(key)}; exit 3; }`;
  });
  const run = { action: 'set sysctls', script: script.join('\n') };
  const { exitCode, output, errorLines } = await runAsRoot(connections, machine, run, signal);
  if (exitCode === 0) return;
  const key = output.toString().trim();
  const context = { target: machine, lastLines: errorLines };
  throw machineErrors.sysctl_failed({ machine, key, value: values[key] ?? '' }, context);
}

/**
 * The machine's clock minus ours in ms: several samples in one connection, of which the one with the shortest round
 * trip counts (as NTP does).
 */
export async function clockSkewMs(
  connections: MachineConnections,
  machine: string,
  now: () => number,
  signal: AbortSignal,
): Promise<number> {
  const connection = await connections.connect(machine, signal);
  let best = { roundTripMs: Infinity, skewMs: 0 };
  for (let sample = 0; sample < 3; sample++) {
    const sent = now();
    const { output } = await connection.exec('date +%s.%N', {}, signal);
    const roundTripMs = now() - sent;
    const theirs = Number(output.toString()) * 1000;
    if (!Number.isFinite(theirs)) throw machineErrors.facts_unreadable({ machine, fact: 'time' }, { target: machine });
    if (roundTripMs < best.roundTripMs) best = { roundTripMs, skewMs: theirs - sent - roundTripMs / 2 };
  }
  return Math.round(best.skewMs);
}
