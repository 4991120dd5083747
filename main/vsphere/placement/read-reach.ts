import { refsOf } from '../client/answer.ts';
import type { Ref } from '../client/reference.ts';
import { readObjects } from '../client/retrieve.ts';
import type { Vcenter } from '../client/vcenter.ts';
import type { HostReach } from './choose.ts';

/** What each host can reach, by id. 1 call. */
export async function readReach(
  vcenter: Vcenter,
  hosts: readonly Ref[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, HostReach>> {
  const sets = [{ type: 'HostSystem', paths: ['datastore', 'network'] }];
  const found = await readObjects(vcenter, 'look what the hosts can reach', hosts, sets, signal);
  return new Map(
    found.map(({ ref, values }) => [
      ref.id,
      { datastores: refsOf(values.get('datastore')), networks: refsOf(values.get('network')) },
    ]),
  );
}
