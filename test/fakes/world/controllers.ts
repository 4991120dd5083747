import { parseAllDocuments } from 'yaml';
import type { KubeObject } from '#main/cluster/ports.ts';
import type { Json } from '#shared/json.ts';
import type { FakeMachine } from './machine.ts';
import { applyObject, type FakeKube } from './kube-port.ts';
import { isJsonObject, keyOf, listAt, objectAt, refOf, textOf } from './kube-objects.ts';

/**
 * What kubelets and controllers would do with the objects, at once: nodes register, jobs apply their manifests,
 * workloads roll out. Call it only while an API server is ready.
 */
export function reconcile(kube: FakeKube, machines: readonly FakeMachine[]): void {
  const before = JSON.stringify([...kube.objects]);
  registerNodes(kube, machines);
  for (const object of [...kube.objects.values()]) if (object.kind === 'Job') runJob(kube, object);
  for (const object of [...kube.objects.values()]) setStatus(kube, object);
  if (JSON.stringify([...kube.objects]) !== before) for (const look of [...kube.watchers]) look();
}

function registerNodes(kube: FakeKube, machines: readonly FakeMachine[]): void {
  for (const machine of machines) {
    const running = machine.containers.get('kubelet')?.running === true && !machine.unreachable;
    const ref = { apiVersion: 'v1', kind: 'Node', name: machine.name };
    if (!kube.objects.has(keyOf(ref)) && !running) continue;
    if (!kube.objects.has(keyOf(ref))) {
      const labels = { 'kubernetes.io/hostname': machine.name, 'kubernetes.io/os': 'linux' };
      applyObject(kube, { apiVersion: 'v1', kind: 'Node', metadata: { name: machine.name, labels }, spec: {} });
    }
  }
}

function setStatus(kube: FakeKube, object: KubeObject): void {
  const status = statusOf(kube, object);
  if (!status) return;
  kube.objects.set(keyOf(refOf(object)), { ...object, status: { ...objectAt(object, 'status'), ...status } });
}

function statusOf(kube: FakeKube, object: KubeObject): { readonly [key: string]: Json } | undefined {
  const nodes = [...kube.objects.values()].filter(({ kind }) => kind === 'Node').length;
  const observedGeneration = Number(object.metadata['generation'] ?? 1);
  switch (object.kind) {
    case 'Node': {
      const status = hasNetwork(kube) ? 'True' : 'False';
      const reason = hasNetwork(kube) ? 'KubeletReady' : 'KubeletNotReady';
      return { conditions: [{ type: 'Ready', status, reason, message: reason }] };
    }
    case 'DaemonSet':
      return {
        observedGeneration,
        currentNumberScheduled: nodes,
        desiredNumberScheduled: nodes,
        updatedNumberScheduled: nodes,
        numberAvailable: nodes,
        numberReady: nodes,
        numberMisscheduled: 0,
        numberUnavailable: 0,
      };
    case 'StatefulSet':
    case 'Deployment': {
      const wanted = Number(objectAt(object, 'spec')['replicas'] ?? 1);
      const replicas = nodes > 0 ? wanted : 0;
      const conditions = [{ type: 'Available', status: nodes > 0 ? 'True' : 'False' }];
      return {
        observedGeneration,
        replicas,
        updatedReplicas: replicas,
        readyReplicas: replicas,
        availableReplicas: replicas,
        conditions,
      };
    }
    case 'APIService':
      return { conditions: [{ type: 'Available', status: 'True' }] };
    case 'CustomResourceDefinition':
      return { conditions: [{ type: 'Established', status: 'True' }] };
    default:
      return undefined;
  }
}

function hasNetwork(kube: FakeKube): boolean {
  return [...kube.objects.values()].some(
    ({ kind, metadata }) => kind === 'DaemonSet' && metadata.name.includes('flannel'),
  );
}

/** An add-on's job: applies what its ConfigMap and Secret hold, and is complete. */
function runJob(kube: FakeKube, job: KubeObject): void {
  const isEnded = listAt(job, 'status', 'conditions').length > 0;
  const hasNode = [...kube.objects.values()].some(({ kind }) => kind === 'Node');
  if (isEnded || !hasNode) return;
  for (const text of manifestsOf(kube, job)) {
    for (const document of parseAllDocuments(text)) {
      const value: unknown = document.toJS();
      for (const object of expanded(value)) applyObject(kube, object);
    }
  }
  const conditions = [{ type: 'Complete', status: 'True' }];
  kube.objects.set(keyOf(refOf(job)), { ...job, status: { succeeded: 1, conditions } });
}

function manifestsOf(kube: FakeKube, job: KubeObject): readonly string[] {
  const { namespace } = job.metadata;
  return listAt(job, 'spec', 'template', 'spec', 'volumes')
    .flatMap((volume) => [volume, ...listAt(volume, 'projected', 'sources')])
    .flatMap((source) => {
      const configMap = textOf(objectAt(source, 'configMap')['name']);
      const secret = textOf(objectAt(source, 'secret')['name'] ?? objectAt(source, 'secret')['secretName']);
      const ref = configMap
        ? { apiVersion: 'v1', kind: 'ConfigMap', name: configMap }
        : { apiVersion: 'v1', kind: 'Secret', name: secret };
      if (ref.name === '') return [];
      const found = kube.objects.get(keyOf(namespace === undefined ? ref : { ...ref, namespace }));
      if (!found) throw new Error(`The job ${job.metadata.name} mounts the absent ${ref.kind} ${ref.name}`);
      const texts = Object.values(objectAt(found, 'data')).map(String);
      return configMap ? texts : texts.map((text) => Buffer.from(text, 'base64').toString());
    });
}

function expanded(value: unknown): readonly KubeObject[] {
  if (!isJsonObject(value)) return [];
  if (value['kind'] === 'List') return listAt(value, 'items').flatMap(expanded);
  const object = value as unknown as KubeObject;
  const { kind, metadata } = object;
  const needsNamespace = metadata.namespace === undefined && !clusterKinds.has(kind);
  // kubectl puts what names no namespace into the job's POD_NAMESPACE, which is "default".
  return [needsNamespace ? { ...object, metadata: { ...metadata, namespace: 'default' } } : object];
}

const clusterKinds = new Set([
  'APIService',
  'ClusterRole',
  'ClusterRoleBinding',
  'CustomResourceDefinition',
  'Namespace',
  'Node',
  'PersistentVolume',
  'PriorityClass',
  'StorageClass',
]);
