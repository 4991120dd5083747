import type { ClusterRecord } from '#main/store/inventory/clusters.ts';
import { runErrors } from '#shared/errors/run.ts';
import type { World } from '#main/api/world.ts';

/** The only cluster when none is named. @throws `run.cluster_not_named`, `store.cluster_unknown` */
export function clusterNamed({ store }: Pick<World, 'store'>, nameOrId: string | undefined): ClusterRecord {
  if (nameOrId !== undefined) return store.clusters.get(nameOrId);
  const [only, ...others] = store.clusters.list();
  if (only && others.length === 0) return only;
  const clusters = store.clusters.list().map(({ name }) => name);
  throw runErrors.cluster_not_named({ clusters: clusters.join(', ') || 'none yet' });
}
