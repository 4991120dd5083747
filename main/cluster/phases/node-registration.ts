import type { StepContext } from '#main/engine/phase.ts';
import { waitErrors } from '#shared/errors/wait.ts';
import type { Json } from '#shared/json.ts';
import type { ClusterRun, Machine } from '../cluster.ts';
import { nodeLabels, nodeTaints, taintId } from '../planes/node-object.ts';
import type { KubeObject, ObjectRef } from '../ports.ts';
import { withDeadline } from './with-deadline.ts';

export function nodeRef(machine: Machine): ObjectRef {
  return { apiVersion: 'v1', kind: 'Node', name: machine.name };
}

/** What of labels and taints is missing, `undefined` when nothing is. */
export async function nodeDifference(
  run: ClusterRun,
  machine: Machine,
  signal: AbortSignal,
): Promise<string | undefined> {
  const node = await run.kube.get(nodeRef(machine), signal);
  if (!node) return 'it has no Node object yet';
  const labels = node.metadata.labels ?? {};
  const wrong = Object.entries(nodeLabels(machine)).find(([key, value]) => labels[key] !== value);
  if (wrong) return `its label ${wrong[0]} is missing or differs`;
  const [taint] = missingTaints(machine, taintsOf(node));
  return taint ? `its taint ${taintId(taint)} is missing` : undefined;
}

/**
 * Waits until the kubelet has made its Node object (applying labels before would create an empty one) and gives it the
 * labels and taints of the spec.
 * @throws `wait.deadline` when the kubelet does not register.
 */
export async function registerNode(run: ClusterRun, machine: Machine, context: StepContext): Promise<void> {
  const withinSeconds = run.cluster.spec.timeouts.nodeReady;
  const what = `the kubelet of ${machine.name} has registered its node`;
  await withDeadline(
    run.clock,
    context.signal,
    withinSeconds * 1000,
    (signal) => run.kube.until(nodeRef(machine), (node) => node !== undefined, signal),
    () => waitErrors.deadline({ what, withinSeconds, seen: 'no Node object' }),
  );
  if ((await nodeDifference(run, machine, context.signal)) === undefined) return;
  const node = await run.kube.get(nodeRef(machine), context.signal);
  const taints = node ? taintsOf(node) : [];
  const wanted = [...taints, ...missingTaints(machine, taints)];
  context.log(`${machine.name}: labels and taints of its node`);
  await run.kube.apply(
    {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: machine.name, labels: nodeLabels(machine) },
      // The list is atomic for server-side apply: leaving it out later would take back all of it.
      ...(wanted.length === 0 ? {} : { spec: { taints: wanted } }),
    },
    context.signal,
  );
}

interface FoundTaint {
  readonly [key: string]: Json | undefined;
  readonly key: string;
  readonly effect: string;
}

function missingTaints(machine: Machine, found: readonly FoundTaint[]): readonly FoundTaint[] {
  const there = new Set(found.map(taintId));
  return nodeTaints(machine)
    .filter((taint) => !there.has(taintId(taint)))
    .map(({ key, value, effect }) => ({ key, value, effect }));
}

function taintsOf(node: KubeObject): readonly FoundTaint[] {
  const spec = node['spec'];
  const taints = isMapping(spec) ? spec['taints'] : undefined;
  return Array.isArray(taints) ? taints.filter(isTaint) : [];
}

function isTaint(value: unknown): value is FoundTaint {
  return isMapping(value) && typeof value['key'] === 'string' && typeof value['effect'] === 'string';
}

export function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
