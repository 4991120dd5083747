import type { MachineFacts } from '../machine-facts.ts';

/**
 * Whether nothing that a plan is made from has changed. Free space moves all the time, and a cluster's own network
 * plugin adds addresses (docker0, flannel.1, cni0): recording these anew would make every second run "change" something.
 */
export function sameFacts(known: MachineFacts, seen: MachineFacts): boolean {
  return JSON.stringify(steady(known)) === JSON.stringify(steady(seen));
}

function steady(facts: MachineFacts): unknown {
  const { freeMiB: _freeMiB, addresses: _addresses, ...rest } = facts;
  return sorted(rest);
}

/** Facts come from the inventory or from a machine: the order of keys says nothing. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}

/** The cgroup driver that kubelet and containerd must share with Docker. */
export function cgroupDriverOf(facts: MachineFacts): 'cgroupfs' | 'systemd' {
  // Docker's own rule when nothing is configured (daemon/daemon_unix.go, UsingSystemd).
  return facts.docker?.cgroupDriver ?? (facts.cgroupVersion === 2 && facts.hasSystemd ? 'systemd' : 'cgroupfs');
}
