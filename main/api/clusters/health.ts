import { machinesWith } from '#main/cluster/cluster.ts';
import { withDeadline } from '#main/cluster/phases/with-deadline.ts';
import type { Clock } from '#main/engine/clock.ts';
import { type ErrorData, errorData, hasCode } from '#shared/errors/define.ts';
import { healthErrors } from '#shared/errors/health.ts';
import type { ClusterSession } from '#main/api/runs/cluster-session.ts';
import { knownMachines, openLook } from '#main/api/runs/drive-run.ts';
import type { Interaction } from '#main/api/runs/interaction.ts';
import { documentsOf } from '#main/api/runs/run-documents.ts';
import type { World } from '#main/api/world.ts';
import { clusterNamed } from './cluster-named.ts';
import { type AddonHealth, addonsOf, type NodeHealth, nodesOf, versionOf } from './health-of-objects.ts';
import { KeptSessions } from './kept-sessions.ts';
import { readObjects } from './read-objects.ts';

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
  /** What keeps pods running in kube-system, and what add-ons have made in any namespace. */
  readonly addons: readonly AddonHealth[];
}

/** Connections that looks have made and the next ones use, by cluster. To be closed. */
export type HealthSessions = KeptSessions<ClusterSession>;

/** A page looks every 30 s: a look that is late does not cost it its connection. */
const keptMs = 90_000;

export function healthSessions(clock: Clock): HealthSessions {
  return new KeptSessions(clock, keptMs);
}

/** A look must not ask anybody: who has never approved the machines' keys learns that from a run. */
const nobodyIsAsked: Interaction = { approveHostKeys: () => Promise.resolve(false) };

/**
 * Asks the API server as a run does, through an SSH tunnel to a control plane machine. A cluster that cannot be asked is an
 * answer, within the deadline of the settings. @throws `store.cluster_unknown`, the signal's reason
 */
export async function clusterHealth(
  world: World,
  sessions: HealthSessions,
  name: string,
  signal: AbortSignal,
): Promise<ClusterHealth> {
  const { id, spec, release, name: cluster } = clusterNamed(world, name);
  const { clock, store } = world;
  const at = clock.now();
  const withinSeconds = store.preferences.get().healthDeadlineSeconds;
  const folder = documentsOf(world, id).next().value?.folder ?? '/';
  const machines = knownMachines(store, id, { spec, release, folder });
  try {
    const known = machines.build(machines.records);
    if (!machinesWith(known, 'controlplane').some(({ address }) => address !== '')) {
      throw healthErrors.no_control_plane({ cluster });
    }
    const { nodes, workloads, gone } = await sessions.use(
      { key: id, fingerprint: JSON.stringify([machines.document, [...machines.records]]) },
      () =>
        openLook(world, machines, {
          interaction: nobodyIsAsked,
          runId: '',
          certificatesAsOf: () => lastEvent(world, id),
        }),
      ({ run }) =>
        withDeadline(
          clock,
          signal,
          withinSeconds * 1000,
          (until) => readObjects(run.kube, until),
          () => healthErrors.deadline({ cluster, withinSeconds }),
        ),
      isSilent,
    );
    return {
      at,
      reachable: true,
      error: undefined,
      version: versionOf(nodes),
      nodes: nodesOf(nodes, known.machines),
      addons: addonsOf(workloads, gone),
    };
  } catch (thrown) {
    signal.throwIfAborted();
    return { at, reachable: false, error: errorData(thrown), version: undefined, nodes: [], addons: [] };
  }
}

/** A lost connection is made again by who uses it next; one that only says nothing has to be given up. */
const isSilent = (thrown: unknown): boolean => hasCode(thrown, 'health.deadline');

/** Whoever drives a run of the cluster is the only one to change its certificates, and journals what it does. */
function lastEvent({ store }: World, clusterId: string): string {
  const run = store.runs.last(clusterId);
  return run ? `${run.runId} ${String(store.runs.lastSeq(run.runId))}` : '';
}
