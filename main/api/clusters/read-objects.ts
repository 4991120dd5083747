import { recordedWorkloads } from '#main/cluster/addons/recorded-workloads.ts';
import type { KubeObject, KubePort, ObjectRef } from '#main/cluster/ports.ts';

/** What health is told by. */
export interface HealthObjects {
  readonly nodes: readonly KubeObject[];
  readonly workloads: readonly KubeObject[];
  /** Recorded workloads that are not there. */
  readonly gone: readonly ObjectRef[];
}

/** 4 calls, and one for each workload of an add-on outside kube-system. @throws what a call throws */
export async function readObjects(kube: KubePort, signal: AbortSignal): Promise<HealthObjects> {
  const inSystem = (kind: string) => kube.list({ apiVersion: 'apps/v1', kind, namespace: 'kube-system' }, signal);
  const [nodes, deployments, daemonSets, recorded] = await Promise.all([
    kube.list({ apiVersion: 'v1', kind: 'Node' }, signal),
    inSystem('Deployment'),
    inSystem('DaemonSet'),
    recordedWorkloads(kube, signal),
  ]);
  const listed = [...deployments, ...daemonSets];
  const others = await readOthers(kube, recorded, listed, signal);
  return {
    nodes,
    workloads: [...listed, ...others.flatMap(({ found }) => found ?? [])],
    gone: others.flatMap(({ ref, found }) => (found ? [] : ref)),
  };
}

/** What is recorded and not among those that were listed. */
function readOthers(
  kube: KubePort,
  recorded: readonly ObjectRef[],
  listed: readonly KubeObject[],
  signal: AbortSignal,
): Promise<readonly { readonly ref: ObjectRef; readonly found: KubeObject | undefined }[]> {
  const key = (kind: string, namespace: string, name: string): string => `${kind} ${namespace}/${name}`;
  const seen = new Set(listed.map(({ kind, metadata }) => key(kind, metadata.namespace ?? '', metadata.name)));
  const others = recorded.filter(({ kind, namespace = '', name }) => !seen.has(key(kind, namespace, name)));
  return Promise.all(others.map(async (ref) => ({ ref, found: await kube.get(ref, signal) })));
}
