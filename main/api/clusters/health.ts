import { machinesWith } from '#main/cluster/cluster.ts';
import { withDeadline } from '#main/cluster/phases/with-deadline.ts';
import { type ErrorData, errorData } from '#shared/errors/define.ts';
import { healthErrors } from '#shared/errors/health.ts';
import { knownMachines, openLook } from '#main/api/runs/drive-run.ts';
import { type AddonHealth, addonsOf, type NodeHealth, nodesOf, versionOf } from './health-of-objects.ts';
import { clusterNamed } from './cluster-named.ts';
import { documentsOf } from '#main/api/runs/run-documents.ts';
import type { Interaction } from '#main/api/runs/interaction.ts';
import type { World } from '#main/api/world.ts';

/** What a cluster's own API says of it now. */
export interface ClusterHealth {
  /** Epoch ms: when it was asked. */
  readonly at: number;
  readonly reachable: boolean;
  /** Why it is not. */
  readonly error: ErrorData | undefined;
  /** Of the control plane; the lowest while an upgrade is under way. */
  readonly version: string | undefined;
  /** By name; with the machines that should be nodes and are none. */
  readonly nodes: readonly NodeHealth[];
  readonly addons: readonly AddonHealth[];
}

/** A look must not ask anybody: who has never approved the machines' keys learns that from a run. */
const nobodyIsAsked: Interaction = { approveHostKeys: () => Promise.resolve(false) };

/**
 * Asks the API server as a run does, through an SSH tunnel to a control plane machine. A cluster that cannot be asked is an
 * answer, within the deadline of the settings. @throws `store.cluster_unknown`, the signal's reason
 */
export async function clusterHealth(world: World, name: string, signal: AbortSignal): Promise<ClusterHealth> {
  const { id, spec, release, name: cluster } = clusterNamed(world, name);
  const { clock, store } = world;
  const at = clock.now();
  const withinSeconds = store.preferences.get().healthDeadlineSeconds;
  const folder = documentsOf(world, id).next().value?.folder ?? '/';
  const machines = knownMachines(store, id, { spec, release, folder });
  try {
    if (!machinesWith(machines.build(machines.records), 'controlplane').some(({ address }) => address !== '')) {
      throw healthErrors.no_control_plane({ cluster });
    }
    await using session = openLook(world, machines, nobodyIsAsked, '');
    const { run } = session;
    const [nodes, deployments, daemonSets] = await withDeadline(
      clock,
      signal,
      withinSeconds * 1000,
      (until) =>
        Promise.all([
          run.kube.list({ apiVersion: 'v1', kind: 'Node' }, until),
          run.kube.list({ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'kube-system' }, until),
          run.kube.list({ apiVersion: 'apps/v1', kind: 'DaemonSet', namespace: 'kube-system' }, until),
        ]),
      () => healthErrors.deadline({ cluster, withinSeconds }),
    );
    return {
      at,
      reachable: true,
      error: undefined,
      version: versionOf(nodes),
      nodes: nodesOf(nodes, run.cluster.machines),
      addons: addonsOf(deployments, daemonSets),
    };
  } catch (thrown) {
    signal.throwIfAborted();
    return { at, reachable: false, error: errorData(thrown), version: undefined, nodes: [], addons: [] };
  }
}
