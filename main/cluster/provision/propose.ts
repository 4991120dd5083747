import type { ClusterSpec } from '#shared/spec/cluster.ts';
import { allocateAddresses } from './addresses.ts';
import { instanceUuidOf } from './instance-uuid.ts';
import { poolMachines } from './pools.ts';
import type { VmRecord } from './vm-record.ts';

/**
 * The records of a cluster with those added that its pools still lack: identity and static addresses of each machine are
 * known before anything is made, and the plan shows them. Pure: equal input proposes equal records.
 * @param reserved Addresses that other clusters of this inventory have.
 * @throws `spec.too_few_addresses`
 */
export function proposeRecords(
  id: string,
  { metadata, spec }: ClusterSpec,
  known: ReadonlyMap<string, VmRecord>,
  reserved: ReadonlySet<string>,
): ReadonlyMap<string, VmRecord> {
  const machines = poolMachines(metadata.name, spec.pools);
  const { addresses, errors } = allocateAddresses({
    templates: spec.templates,
    machines,
    taken: new Map([...known].map(([name, { staticAddresses }]) => [name, staticAddresses])),
    reserved: [...reserved, ...spec.machines.map(({ address }) => address)],
  });
  const [error] = errors;
  if (error) throw error;
  const records = new Map(known);
  for (const { name, pool, index } of machines) {
    if (records.has(name)) continue;
    const staticAddresses = addresses.get(name) ?? [];
    records.set(name, {
      pool: pool.name,
      index,
      instanceUuid: instanceUuidOf(id, name, 0),
      address: staticAddresses[0] ?? '',
      staticAddresses,
      hostKey: '',
      placement: null,
      cloned: false,
      booted: false,
    });
  }
  return records;
}
