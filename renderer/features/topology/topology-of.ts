export interface TopologyMachine {
  readonly name: string;
  readonly roles: readonly string[];
  readonly pool?: string | undefined;
  readonly address?: string | undefined;
  /** Of the node; `undefined` where nobody asked. */
  readonly ready?: boolean | undefined;
}

export interface TopologyGroup {
  /** `undefined`: the machines are in none. */
  readonly pool: string | undefined;
  readonly machines: readonly TopologyMachine[];
  readonly ready: { readonly yes: number; readonly no: number };
}

/** Where a machine is drawn: by the most that it does. */
export type TierKind = 'etcd' | 'controlplane' | 'worker';

export interface Topology {
  readonly etcd: {
    readonly members: number;
    /** How many must live. */
    readonly quorum: number;
    /** How many may be lost at once. */
    readonly spare: number;
  };
  readonly apiServers: number;
  /** Machines whose nginx-proxy leads to the API servers: those that have none themselves. */
  readonly proxies: number;
  readonly workers: number;
  /** From top to bottom, only those that have machines. */
  readonly tiers: readonly { readonly kind: TierKind; readonly groups: readonly TopologyGroup[] }[];
}

const kinds: readonly TierKind[] = ['etcd', 'controlplane', 'worker'];

/** Who does what and who talks to whom. Machines and pools stay in the order in which they come. */
export function topologyOf(machines: readonly TopologyMachine[]): Topology {
  const count = (role: string): number => machines.filter(({ roles }) => roles.includes(role)).length;
  const members = count('etcd');
  const quorum = members === 0 ? 0 : Math.floor(members / 2) + 1;
  const byTier = Map.groupBy(machines, tierOf);
  const apiServers = count('controlplane');
  return {
    etcd: { members, quorum, spare: members - quorum },
    apiServers,
    proxies: machines.length - apiServers,
    workers: count('worker'),
    tiers: kinds.flatMap((kind) => {
      const own = byTier.get(kind);
      return own ? [{ kind, groups: groupsOf(own) }] : [];
    }),
  };
}

function tierOf({ roles }: TopologyMachine): TierKind {
  if (roles.includes('controlplane')) return 'controlplane';
  return roles.includes('etcd') ? 'etcd' : 'worker';
}

function groupsOf(machines: readonly TopologyMachine[]): readonly TopologyGroup[] {
  return [...Map.groupBy(machines, ({ pool }) => pool)].map(([pool, own]) => ({
    pool,
    machines: own,
    ready: {
      yes: own.filter(({ ready }) => ready === true).length,
      no: own.filter(({ ready }) => ready === false).length,
    },
  }));
}
