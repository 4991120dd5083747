import type { Json } from '#shared/json.ts';
import type { Store } from '#main/store/store.ts';

const prefix = 'node/';

/** Machines that were nodes of this cluster at the end of an earlier run, as its last phase recorded them. */
export function joinedMachines(store: Store, clusterId: string): ReadonlySet<string> {
  const statuses = Object.entries(store.viewOf(clusterId).statuses());
  const nodes = statuses.filter(([key, status]) => key.startsWith(prefix) && versionOf(status) !== '');
  return new Set(nodes.map(([key]) => key.slice(prefix.length)));
}

/** '' where the last phase found no node: such a machine has an entry all the same. */
function versionOf(status: Json): string {
  const version = typeof status === 'object' && status !== null && 'version' in status ? status.version : '';
  return typeof version === 'string' ? version : '';
}
