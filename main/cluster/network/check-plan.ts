import type { SlipwayError } from '#shared/errors/define.ts';
import { portErrors } from '#shared/errors/port.ts';
import { withProblems } from '#shared/errors/problems.ts';
import { type Cluster, machineNamed } from '../cluster.ts';
import type { CheckAnswer } from './port-checker.ts';
import { portPairs, type PortPair } from './port-matrix.ts';
import type { PortOwners } from './running-planes.ts';

/** What a look at the machines told before the checks; a machine that is absent could not be asked. */
export type MachineStates = ReadonlyMap<string, MachineState>;

export interface MachineState extends PortOwners {
  /** Our listener runs there. */
  readonly listening: boolean;
}

/** A pair to be checked. `expect`: our listener's token, or (a component runs there already) any connection. */
export interface PairCheck extends PortPair {
  readonly expect: 'token' | 'connection';
}

/**
 * Which pairs can and need be checked now. Pairs between machines that both run their planes have been in use since;
 * a machine that could not be asked or does not listen is left to its own step.
 */
export function pairsToCheck(
  cluster: Cluster,
  states: MachineStates,
): { readonly checks: readonly PairCheck[]; readonly unchecked: readonly string[] } {
  const checks: PairCheck[] = [];
  const unchecked = new Set<string>();
  for (const pair of portPairs(cluster)) {
    const [from, to] = [states.get(pair.from), states.get(pair.to)];
    if (!from) unchecked.add(pair.from);
    if (!to) unchecked.add(pair.to);
    if (!from || !to || (from.free.length === 0 && to.free.length === 0)) continue;
    const isTaken = to.taken.some(({ protocol, port }) => protocol === pair.protocol && port === pair.port);
    if (isTaken) {
      // A running VXLAN device swallows what it does not know: nothing can be learnt.
      if (pair.protocol === 'tcp') checks.push({ ...pair, expect: 'connection' });
    } else if (to.listening) {
      checks.push({ ...pair, expect: 'token' });
    } else {
      unchecked.add(pair.to);
    }
  }
  return { checks, unchecked: [...unchecked].sort() };
}

export function isReachable({ expect }: PairCheck, answer: CheckAnswer): boolean {
  return answer === 'answered' || (expect === 'connection' && (answer === 'silent' || answer === 'other'));
}

/** All blocked pairs in one report; each is an error of its own in the chain. */
export function blockedPorts(
  cluster: Cluster,
  blocked: readonly { readonly pair: PairCheck; readonly answer: CheckAnswer }[],
): SlipwayError {
  const machines = [...new Set(blocked.flatMap(({ pair }) => [pair.from, pair.to]))].sort();
  return withProblems(
    portErrors.blocked({ count: blocked.length, machines: machines.join(', ') }),
    blocked.map(
      ({ pair, answer }) =>
        portErrors.pair_blocked({
          from: pair.from,
          fromAddress: machineNamed(cluster, pair.from).internalIp,
          to: pair.to,
          toAddress: machineNamed(cluster, pair.to).internalIp,
          port: pair.port,
          protocol: pair.protocol,
          purpose: pair.purpose,
          seen: seen[answer],
        }).data,
    ),
  );
}

const seen: Readonly<Record<CheckAnswer, string>> = {
  answered: 'answered',
  silent: 'no answer came back (a firewall drops it, or something in between took the connection)',
  other: 'something else than our listener answered',
  refused: 'connection refused or no route',
  timeout: 'no answer within 3 s (a firewall drops it)',
};
