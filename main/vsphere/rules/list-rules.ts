import type { FoundRule } from '#main/cluster/vsphere-port.ts';
import { children, refOf, textAt, xsiTypeOf } from '../client/answer.ts';
import { readObjects } from '../client/retrieve.ts';
import type { Vcenter } from '../client/vcenter.ts';
import type { Cluster } from '../inventory/choices.ts';

/** Of these clusters, in one call. A host that is in no cluster has none. */
export async function listAntiAffinityRules(
  vcenter: Vcenter,
  clusters: readonly Cluster[],
  signal: AbortSignal,
): Promise<readonly FoundRule[]> {
  const withRules = clusters.filter(({ kind }) => kind === 'cluster');
  const paths = new Map(withRules.map(({ ref, path }) => [ref.id, path]));
  const property = 'configurationEx';
  const sets = [{ type: 'ClusterComputeResource', paths: [property] }];
  const refs = withRules.map(({ ref }) => ref);
  const found = await readObjects(vcenter, 'list the rules of clusters', refs, sets, signal);
  return found.flatMap(({ ref: cluster, values }) => {
    const configuration = values.get(property);
    return (configuration ? children(configuration, 'rule') : []).flatMap((rule) => {
      const name = textAt(rule, 'name');
      if (xsiTypeOf(rule) !== 'ClusterAntiAffinityRuleSpec' || name === undefined) return [];
      const vms = children(rule, 'vm').flatMap((vm) => refOf(vm) ?? []);
      return [{ cluster, clusterPath: paths.get(cluster.id) ?? cluster.id, name, vms }];
    });
  });
}
