import * as v from 'valibot';
import type { Json } from '../json.ts';
import type { Artefact, PlannedStepView } from '../run/events.ts';
import { plain, request } from './define.ts';
import { errorData, name, nothing, runId, time } from './parts.ts';

/** `interrupted`: no end was journaled and nobody drives it any more; `runs.resume` continues it. */
export const RunState = v.picklist(['running', 'interrupted', 'succeeded', 'failed', 'cancelled']);

export const RunSummary = v.strictObject({
  runId,
  clusterId: v.string(),
  clusterName: v.string(),
  /** `create`, `remove` … */
  operation: v.string(),
  state: RunState,
  startedAt: time,
  endedAt: v.optional(time),
});

export const ClusterSummary = v.strictObject({
  id: v.string(),
  name: v.string(),
  release: v.string(),
  machines: v.number(),
  lastRun: v.optional(RunSummary),
});

export const ClusterDetails = v.strictObject({
  cluster: ClusterSummary,
  machines: v.array(
    v.strictObject({
      name: v.string(),
      /** '' of a machine that was not made yet. */
      address: v.string(),
      roles: v.array(v.string()),
      /** `null` until the machine was looked at. */
      facts: plain<Json>(),
    }),
  ),
  certificates: v.array(v.strictObject({ name: v.string(), notAfter: v.string() })),
  /** What runs found and recorded: `node/<name>`, `release` … */
  status: plain<Readonly<Record<string, Json>>>(),
  /** What exists on the machines because of it. */
  exists: plain<readonly Artefact[]>(),
});

export const ClusterHealth = v.strictObject({
  /** When it was asked. */
  at: time,
  reachable: v.boolean(),
  /** Why it is not reachable; the lists are empty then. */
  error: v.optional(errorData),
  /** Of the control plane; the lowest while an upgrade is under way. */
  version: v.optional(v.string()),
  /** By name; with the machines that should be nodes and are none. */
  nodes: v.array(
    v.strictObject({
      name: v.string(),
      ready: v.boolean(),
      roles: v.array(v.string()),
      /** Of its kubelet; '' where there is no node. */
      version: v.string(),
      /** '' where none is known. */
      address: v.string(),
      /** As the cluster tells them; empty when all is well. */
      problems: v.array(v.string()),
    }),
  ),
  /** What keeps pods running in kube-system, and what add-ons have made in any namespace, by name; in pods. */
  addons: v.array(
    v.strictObject({ name: v.string(), namespace: v.string(), wanted: v.number(), available: v.number() }),
  ),
});

const cluster = v.strictObject({ cluster: name });
const unknown = ['store.cluster_unknown'];

export const clusters = {
  /** By name. */
  'clusters.list': request({ effect: 'read', input: nothing, output: v.array(ClusterSummary) }),

  /** Without the last run's view: watch the run for that. */
  'clusters.get': request({ effect: 'read', input: cluster, output: ClusterDetails, errors: unknown }),

  /** Asks the cluster's own API. One that does not answer is an answer, too, within the deadline of the settings. */
  'clusters.health': request({ effect: 'read', input: cluster, output: ClusterHealth, errors: unknown }),

  /** The spec as the inventory keeps it, as YAML with all defaults. */
  'clusters.spec': request({
    effect: 'read',
    input: cluster,
    output: v.strictObject({
      text: v.string(),
      /** The same of the last run that brought the cluster to its spec: what runs. Left out when none has yet. */
      applied: v.optional(v.string()),
    }),
    errors: unknown,
  }),

  /** What `runs.remove` would do, by the inventory alone: no machine is asked. */
  'clusters.planRemoval': request({
    effect: 'read',
    input: cluster,
    output: v.strictObject({ steps: plain<readonly PlannedStepView[]>() }),
    errors: unknown,
  }),
};
