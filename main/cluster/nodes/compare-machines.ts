import type { SlipwayError } from '#shared/errors/define.ts';
import { preflightErrors } from '#shared/errors/preflight.ts';
import type { Machine } from '../cluster.ts';
import type { MachineFacts } from '../machine-facts.ts';
import type { Findings } from './findings.ts';

export interface ComparedMachine {
  readonly machine: Machine;
  readonly facts: MachineFacts;
  readonly clockSkewMs: number;
}

const clocksApartLimitMs = 60_000;
/** etcd warns of "clock drift" between peers from one second on. */
const etcdClocksApartMs = 1_000;

/** What is wrong between machines though each alone is fine. Pure; `machines` sorted by name. */
export function compareMachines(machines: readonly ComparedMachine[]): Findings {
  return {
    errors: [...sameMachineIds(machines), ...sameAddresses(machines), ...clocksApart(machines)],
    warnings: [
      ...sameHostnames(machines),
      ...mixed(machines, 'processor architectures', ({ facts }) => facts.architecture),
      ...mixed(machines, 'MTUs (packets between pods may be lost)', ({ facts }) => String(facts.mtu)),
      ...etcdClocks(machines),
    ],
  };
}

function sameMachineIds(machines: readonly ComparedMachine[]): readonly SlipwayError[] {
  return shared(machines, ({ facts }) => [facts.machineId]).map(({ value, names }) =>
    preflightErrors.duplicate_machine_id({ machines: names, machineId: value === '' ? 'empty' : value }),
  );
}

function sameAddresses(machines: readonly ComparedMachine[]): readonly SlipwayError[] {
  // Bridges (docker0, cni0) have the same address everywhere: only the one that others use counts.
  return shared(machines, ({ machine, facts }) => unique([machine.internalIp, facts.defaultAddress])).map(
    ({ value, names }) => preflightErrors.duplicate_address({ machines: names, address: value }),
  );
}

function sameHostnames(machines: readonly ComparedMachine[]): readonly string[] {
  return shared(machines, ({ facts }) => [facts.hostname]).map(
    ({ value, names }) => `${names} call themselves "${value}"; their nodes take the names of the spec.`,
  );
}

function clocksApart(machines: readonly ComparedMachine[]): readonly SlipwayError[] {
  const ends = extremes(machines);
  if (!ends || ends.apartMs <= clocksApartLimitMs) return [];
  const { slow, fast, apartMs } = ends;
  return [
    preflightErrors.clocks_apart({
      first: slow.machine.name,
      second: fast.machine.name,
      seconds: Math.round(apartMs / 100) / 10,
      limitSeconds: clocksApartLimitMs / 1000,
    }),
  ];
}

function etcdClocks(machines: readonly ComparedMachine[]): readonly string[] {
  const ends = extremes(machines.filter(({ machine }) => machine.roles.includes('etcd')));
  if (!ends || ends.apartMs <= etcdClocksApartMs || ends.apartMs > clocksApartLimitMs) return [];
  const { slow, fast, apartMs } = ends;
  return [
    `The clocks of the etcd machines ${slow.machine.name} and ${fast.machine.name} are ${(apartMs / 1000).toFixed(1)} s apart.`,
  ];
}

function extremes(machines: readonly ComparedMachine[]) {
  const sorted = [...machines].sort((a, b) => a.clockSkewMs - b.clockSkewMs);
  const [slow, fast] = [sorted[0], sorted.at(-1)];
  return slow && fast ? { slow, fast, apartMs: fast.clockSkewMs - slow.clockSkewMs } : undefined;
}

function mixed(
  machines: readonly ComparedMachine[],
  what: string,
  valueOf: (machine: ComparedMachine) => string,
): readonly string[] {
  const values = unique(machines.map(valueOf)).sort();
  return values.length > 1 ? [`The machines have different ${what}: ${values.join(', ')}.`] : [];
}

/** Values that more than one machine has, with the names of these machines. */
function shared(machines: readonly ComparedMachine[], valuesOf: (machine: ComparedMachine) => readonly string[]) {
  const owners = new Map<string, string[]>();
  for (const machine of machines) {
    for (const value of valuesOf(machine)) owners.set(value, [...(owners.get(value) ?? []), machine.machine.name]);
  }
  return [...owners]
    .filter(([, names]) => names.length > 1)
    .map(([value, names]) => ({ value, names: names.join(' and ') }));
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values.filter((value) => value !== ''))];
}
