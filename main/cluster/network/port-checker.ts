import { type Cluster, machineNamed } from '../cluster.ts';
import type { ContainerSpec } from '../container-spec.ts';
import { systemImage } from '../releases/images.ts';
import { portContainer, portToken } from './port-listener.ts';
import type { PortPair } from './port-matrix.ts';

export const checkerName = 'rke-port-checker';

/** So many at once from one container: two processes each, and Docker's log is read by a bounded number of lines. */
export const pairsPerChecker = 200;

/** `answered` with the right token; `silent`: connected, but nothing came; `other`: something else came. */
export type CheckAnswer = 'answered' | 'silent' | 'other' | 'refused' | 'timeout';

/** Dials all targets of one machine at the same time; one line `RESULT <target> <answer>` for each. */
export function portChecker(cluster: Cluster, pairs: readonly PortPair[]): ContainerSpec {
  const targets = pairs.map((pair) => `${targetOf(cluster, pair)}/${portToken(cluster, pair.to, pair)}`);
  return {
    ...portContainer(checkerName, systemImage(cluster, 'nginx')),
    entrypoint: ['bash', '-c', checkerScript, checkerName],
    command: targets,
  };
}

/** `tcp/10.0.0.1/6443`: how a pair's target is called in the checker's output. */
export function targetOf(cluster: Cluster, { to, protocol, port }: PortPair): string {
  return `${protocol}/${machineNamed(cluster, to).internalIp}/${port}`;
}

/** By target. One that is missing was not checked: the container ended too early. */
export function checkAnswers(lines: readonly string[]): ReadonlyMap<string, CheckAnswer> {
  const answers = new Map<string, CheckAnswer>();
  for (const line of lines) {
    const match = /^RESULT (\S+) (\w+)\s*$/.exec(line);
    const answer = known.find((name) => name === match?.[2]);
    if (match?.[1] !== undefined && answer) answers.set(match[1], answer);
  }
  return answers;
}

const known: readonly CheckAnswer[] = ['answered', 'silent', 'other', 'refused', 'timeout'];

/**
 * bash with /dev/tcp and /dev/udp, because the nginx image has no netcat. `dd` and not `read`: a datagram must be taken
 * in one read. UDP gets three tries, as one lost datagram means nothing.
 */
export const checkerScript = `
ask='exec 3<>"/dev/$0/$1/$2" || exit 7
[ "$0" = udp ] && printf slipway >&3
timeout "$3" dd bs=512 count=1 <&3 2>/dev/null || true'
check() {
  local protocol host port token answer code tries=1 wait=2 seen=silent
  IFS=/ read -r protocol host port token <<<"$1"
  [ "$protocol" = udp ] && tries=3 wait=1
  while [ "$tries" -gt 0 ]; do
    tries=$((tries - 1))
    answer=$(timeout 3 bash -c "$ask" "$protocol" "$host" "$port" "$wait" 2>/dev/null)
    code=$?
    if [ "$code" = 124 ]; then seen=timeout
    elif [ "$code" != 0 ]; then seen=refused
    elif [ "$answer" = "$token" ]; then seen=answered; break
    elif [ -n "$answer" ]; then seen=other
    else seen=silent
    fi
  done
  echo "RESULT $protocol/$host/$port $seen"
}
for target in "$@"; do check "$target" & done
wait
`;
