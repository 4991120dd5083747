import type { Database } from '#main/store/database/database.ts';
import { query } from '#main/store/database/tables.ts';

/** How a host key came to be trusted. */
export type HostKeyApproval = 'given' | 'approved' | 'made-by-us';

export interface KnownHost {
  readonly address: string;
  readonly port: number;
  /** `ssh-ed25519 AAAA…`, as in a known_hosts line without the host. */
  readonly hostKey: string;
  /** `given` in the spec, `approved` by the person on first use, or `made-by-us` for a machine that we create. */
  readonly approval: HostKeyApproval;
  /** Epoch ms. */
  readonly approvedAt: number;
}

export interface KnownHosts {
  find(address: string, port: number): KnownHost | undefined;
  /** All in one transaction; replaces what was pinned: only for what the person has seen. */
  pin(hosts: readonly Omit<KnownHost, 'approvedAt'>[]): void;
  /** No error when there is none. */
  forget(address: string, port: number): void;
  list(): readonly KnownHost[];
}

export function knownHostsIn(db: Database, now: () => number): KnownHosts {
  const select = query
    .selectFrom('known_hosts')
    .select(['address', 'port', 'host_key as hostKey', 'approval', 'approved_at as approvedAt'])
    .$narrowType<{ approval: HostKeyApproval }>();

  return {
    find: (address, port) => db.first(select.where('address', '=', address).where('port', '=', port)),
    pin: (hosts) => {
      db.transaction(() => {
        for (const { address, port, hostKey, approval } of hosts) {
          const pinned = { host_key: hostKey, approval, approved_at: now() };
          db.run(
            query
              .insertInto('known_hosts')
              .values({ address, port, ...pinned })
              .onConflict((conflict) => conflict.columns(['address', 'port']).doUpdateSet(pinned)),
          );
        }
      });
    },
    forget: (address, port) => {
      db.run(query.deleteFrom('known_hosts').where('address', '=', address).where('port', '=', port));
    },
    list: () => db.all(select.orderBy('address').orderBy('port')),
  };
}
