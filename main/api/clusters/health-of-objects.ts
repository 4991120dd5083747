import { at, condition, isObject, listAt, numberAt, textAt } from '#main/cluster/addons/json-path.ts';
import type { Machine } from '#main/cluster/cluster.ts';
import type { KubeObject, ObjectRef } from '#main/cluster/ports.ts';

export interface NodeHealth {
  readonly name: string;
  readonly ready: boolean;
  /** `controlplane`, `etcd`, `worker`, sorted. */
  readonly roles: readonly string[];
  /** Of its kubelet; '' where there is no node. */
  readonly version: string;
  /** '' where none is known. */
  readonly address: string;
  /** One sentence each, as the cluster tells it; empty when all is well. */
  readonly problems: readonly string[];
}

export interface AddonHealth {
  readonly name: string;
  readonly namespace: string;
  /** Pods. */
  readonly wanted: number;
  readonly available: number;
}

/** All nodes and all machines that should be nodes, by name. */
export function nodesOf(nodes: readonly KubeObject[], machines: readonly Machine[]): readonly NodeHealth[] {
  const known = new Set(nodes.map(({ metadata }) => metadata.name));
  const missing = machines
    .filter(({ name }) => !known.has(name))
    .map(({ name, roles, address }) => {
      return { name, ready: false, roles, version: '', address, problems: ['It is no node of the cluster.'] };
    });
  return [...nodes.map(nodeOf), ...missing].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** The lowest of the control plane: what every client can rely on. */
export function versionOf(nodes: readonly KubeObject[]): string | undefined {
  const versions = nodes.filter((node) => rolesOf(node).includes('controlplane')).map(kubeletVersion);
  return versions.toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }))[0];
}

/**
 * By name and namespace; workloads of one name in one namespace are counted together.
 * @param gone recorded ones that are not there: each is a pod that is missing, at least.
 */
export function addonsOf(workloads: readonly KubeObject[], gone: readonly ObjectRef[]): readonly AddonHealth[] {
  const all = new Map<string, AddonHealth>();
  for (const one of [...workloads.map(workload), ...gone.map(missing)]) {
    const key = `${one.name} ${one.namespace}`;
    const same = all.get(key) ?? { ...one, wanted: 0, available: 0 };
    all.set(key, { ...one, wanted: same.wanted + one.wanted, available: same.available + one.available });
  }
  return [...all].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}

function workload(object: KubeObject): AddonHealth {
  const { name, namespace = '' } = object.metadata;
  // Kubernetes fills in the default, so an absent number is a zero that was left out.
  return object.kind === 'DaemonSet'
    ? {
        name,
        namespace,
        wanted: numberAt(object, 'status', 'desiredNumberScheduled'),
        available: numberAt(object, 'status', 'numberAvailable'),
      }
    : {
        name,
        namespace,
        wanted: numberAt(object, 'spec', 'replicas'),
        available: numberAt(object, 'status', 'availableReplicas'),
      };
}

function missing({ name, namespace = '' }: ObjectRef): AddonHealth {
  return { name, namespace, wanted: 1, available: 0 };
}

function nodeOf(node: KubeObject): NodeHealth {
  const ready = textAt(condition(node, 'Ready'), 'status') === 'True';
  const address = listAt(node, 'status', 'addresses').find((one) => textAt(one, 'type') === 'InternalIP');
  return {
    name: node.metadata.name,
    ready,
    roles: rolesOf(node),
    version: kubeletVersion(node),
    address: textAt(address, 'address'),
    problems: [
      ...(ready ? [] : [textAt(condition(node, 'Ready'), 'message') || 'Its kubelet has not told its state yet.']),
      ...pressures.flatMap((type) => {
        const found = condition(node, type);
        return textAt(found, 'status') === 'True' ? [`${type}: ${textAt(found, 'message')}`] : [];
      }),
      ...(at(node, 'spec', 'unschedulable') === true ? ['It takes no new pods (cordoned).'] : []),
    ],
  };
}

const pressures = ['MemoryPressure', 'DiskPressure', 'PIDPressure', 'NetworkUnavailable'];
const rolePrefix = 'node-role.kubernetes.io/';

function rolesOf({ metadata }: KubeObject): readonly string[] {
  const labels = Object.keys(isObject(metadata.labels) ? metadata.labels : {});
  return labels.flatMap((label) => (label.startsWith(rolePrefix) ? [label.slice(rolePrefix.length)] : [])).sort();
}

function kubeletVersion(node: KubeObject): string {
  return textAt(node, 'status', 'nodeInfo', 'kubeletVersion');
}
