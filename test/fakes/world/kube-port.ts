import type { KubeObject, KubePort, ObjectRef } from '#main/cluster/ports.ts';
import { kubeErrors } from '#shared/errors/kube.ts';
import type { Changes } from './changes.ts';
import { notModelled } from './changes.ts';
import { hasLabels, keyOf, merged, objectAt, refOf, stored } from './kube-objects.ts';

/** The cluster's objects; they are in etcd, so they outlive everything but that. */
export interface FakeKube {
  readonly objects: Map<string, KubeObject>;
  readonly watchers: Set<() => void>;
  nextUid: number;
}

export interface ApiServers {
  /** `undefined` when the kube-apiserver of this machine is ready; otherwise why not. */
  notReady(machine: string): string | undefined;
  anyReady(): boolean;
}

export function fakeKubePort(kube: FakeKube, servers: ApiServers, changes: Changes, settle: () => void): KubePort {
  const needsApi = (): void => {
    if (!servers.anyReady()) throw kubeErrors.unreachable({ machines: 'any machine' });
  };
  return {
    readyz: async (machine) => {
      const reason = servers.notReady(machine);
      return { ready: reason === undefined, reason: reason ?? 'ok' };
    },
    get: async (ref) => {
      needsApi();
      return structuredClone(kube.objects.get(keyOf(ref)));
    },
    list: async ({ apiVersion, kind, namespace, labelSelector }) => {
      needsApi();
      return [...kube.objects.values()]
        .filter((object) => object.apiVersion === apiVersion && object.kind === kind)
        .filter((object) => namespace === undefined || object.metadata.namespace === namespace)
        .filter((object) => hasLabels(object, labelSelector))
        .map((object) => structuredClone(object));
    },
    apply: async (object) => {
      needsApi();
      if (applyObject(kube, object)) {
        changes.record(`kube: apply ${titleOf(refOf(object))}`);
        settle();
      }
      return structuredClone(kube.objects.get(keyOf(refOf(object))) ?? object);
    },
    remove: async (ref) => {
      needsApi();
      if (!kube.objects.delete(keyOf(ref))) return;
      changes.record(`kube: remove ${titleOf(ref)}`);
      settle();
    },
    until: (ref, accept, signal) => {
      needsApi();
      return watched(kube, ref, accept, signal);
    },
    podLogs: async (namespace, pod) => notModelled(`the log of ${namespace}/${pod}`),
  };
}

/** `true` when it changed something. */
export function applyObject(kube: FakeKube, object: KubeObject): boolean {
  const key = keyOf(refOf(object));
  const before = kube.objects.get(key);
  const after = merged(before, stored(object)) as KubeObject;
  if (before && JSON.stringify(before) === JSON.stringify(after)) return false;
  const generation = Number(before?.metadata['generation'] ?? 0);
  const isNewSpec = JSON.stringify(objectAt(before, 'spec')) !== JSON.stringify(objectAt(after, 'spec'));
  if (!before) kube.nextUid += 1;
  const uid = before?.metadata['uid'] ?? `uid-${kube.nextUid}`;
  const metadata = { ...after.metadata, uid, generation: isNewSpec || !before ? generation + 1 : generation };
  kube.objects.set(key, { ...after, metadata });
  return true;
}

function watched(
  kube: FakeKube,
  ref: ObjectRef,
  accept: (object: KubeObject | undefined) => boolean,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (act: () => void): void => {
      kube.watchers.delete(look);
      signal.removeEventListener('abort', onAbort);
      act();
    };
    const onAbort = (): void => end(() => reject(signal.reason));
    const look = (): void => {
      try {
        if (accept(structuredClone(kube.objects.get(keyOf(ref))))) end(resolve);
      } catch (error) {
        end(() => reject(error));
      }
    };
    if (signal.aborted) return reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    kube.watchers.add(look);
    look();
  });
}

function titleOf({ kind, namespace, name }: ObjectRef): string {
  return `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}
