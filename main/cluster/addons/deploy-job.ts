import { addonErrors } from '#shared/errors/addon.ts';
import type { Cluster } from '../cluster.ts';
import type { KubeObject, ObjectRef } from '../ports.ts';
import { systemImage } from '../releases/images.ts';
import { jobDeployer } from '../access/default-rbac.ts';
import { type AddOnName, type Manifest, type ManifestDocument, manifestHash } from './manifest.ts';

export const namespace = 'kube-system';

export const addonAnnotations = {
  /** Of the manifest that the ConfigMap holds and the Job applies. */
  manifestHash: 'slipway.dev/manifest-hash',
  /** Set after job and pruning are done: what a look trusts. */
  deployedHash: 'slipway.dev/deployed-hash',
  /** JSON list of object references that this add-on has made: what a later manifest lacks is removed. */
  inventory: 'slipway.dev/inventory',
} as const;

/** The API's limit for a ConfigMap or Secret is 1 MiB with everything in it; this leaves room for the rest. */
const dataLimitBytes = 1_000_000;

export function configMapRef(name: AddOnName): ObjectRef {
  return { apiVersion: 'v1', kind: 'ConfigMap', namespace, name };
}

/** Of the same name: holds the documents with Secrets, which do not belong into a ConfigMap. */
export function secretRef(name: AddOnName): ObjectRef {
  return { apiVersion: 'v1', kind: 'Secret', namespace, name };
}

export function jobRef(name: AddOnName): ObjectRef {
  return { apiVersion: 'batch/v1', kind: 'Job', namespace, name: `${name}-deploy-job` };
}

type Part = 'namespaces' | 'crds' | 'secrets' | 'rest';

function partOf({ objects }: ManifestDocument): Part {
  if (objects.some((object) => object.kind === 'Secret')) return 'secrets';
  // Before the Secrets, whatever their order in the text: a Secret may be in one of them.
  if (objects.every((object) => object.kind === 'Namespace')) return 'namespaces';
  // Kinds must exist before kubectl can map the objects of that kind.
  return objects.every((object) => object.kind === 'CustomResourceDefinition') ? 'crds' : 'rest';
}

function fileName(name: AddOnName, part: Part): string {
  return part === 'rest' ? `${name}.yaml` : `${name}-${part}.yaml`;
}

/** Parts that the manifest has, with their text. */
function parts(manifest: Manifest): ReadonlyMap<Part, string> {
  const texts = new Map<Part, string>();
  for (const document of manifest.documents) {
    const part = partOf(document);
    const before = texts.get(part);
    texts.set(part, before === undefined ? document.text : `${before.trimEnd()}\n---\n${document.text}`);
  }
  return texts;
}

/**
 * The ConfigMap, and the Secret where the manifest has Secrets.
 * @throws `addon.too_large`.
 */
export function manifestHolders(manifest: Manifest, annotations: Readonly<Record<string, string>>): KubeObject[] {
  const texts = parts(manifest);
  const configData = Object.fromEntries(
    [...texts].filter(([part]) => part !== 'secrets').map(([part, text]) => [fileName(manifest.name, part), text]),
  );
  const secretText = texts.get('secrets');
  for (const text of [Object.values(configData).join(''), secretText ?? '']) {
    const bytes = new TextEncoder().encode(text).length;
    if (bytes > dataLimitBytes) {
      throw addonErrors.too_large({ addon: manifest.title, bytes, limit: dataLimitBytes });
    }
  }
  const { name } = manifest;
  const labels = { 'app.kubernetes.io/managed-by': 'slipway' };
  const configMap: KubeObject = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace, labels, annotations },
    data: configData,
  };
  if (secretText === undefined) return [configMap];
  const stringData = { [fileName(name, 'secrets')]: secretText };
  return [{ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace, labels }, stringData }, configMap];
}

/**
 * The Job that applies the manifest: RKE's (rke-reference 9.2), but on any control plane node, through the
 * kube-apiserver of that very node (so it needs neither kube-proxy nor the network that it may be about to install), and
 * by server-side apply (no size limit by annotation, nothing scaled down on the way).
 */
export function deployJob(cluster: Cluster, manifest: Manifest): KubeObject {
  const { name } = manifest;
  const texts = parts(manifest);
  const path = (part: Part): string => `/etc/config/${fileName(name, part)}`;
  const container = (suffix: string, args: readonly string[]): KubeContainer => ({
    name: `${name}-${suffix}`,
    image: systemImage(cluster, 'kubectl'),
    imagePullPolicy: 'IfNotPresent',
    command: ['kubectl', ...args],
    env: [
      { name: 'KUBERNETES_SERVICE_HOST', value: '127.0.0.1' },
      { name: 'KUBERNETES_SERVICE_PORT', value: '6443' },
      // Where kubectl puts objects that name no namespace: as from the person's own computer, not the job's own.
      { name: 'POD_NAMESPACE', value: 'default' },
    ],
    volumeMounts: [{ name: 'config-volume', mountPath: '/etc/config', readOnly: true }],
    terminationMessagePolicy: 'FallbackToLogsOnError',
  });
  const files = (['namespaces', 'secrets', 'rest'] as const)
    .filter((part) => texts.has(part))
    .flatMap((part) => ['-f', path(part)]);
  const crds = texts.has('crds')
    ? [
        container('crds-pod', [...apply, '-f', path('crds')]),
        container('crds-served-pod', ['wait', '--for=condition=Established', '--timeout=60s', '-f', path('crds')]),
      ]
    : [];
  // A manifest of definitions only has nothing else to apply; the pod still needs a container.
  const main = container('pod', files.length > 0 ? [...apply, ...files] : [...apply, '-f', path('crds')]);
  const ref = jobRef(name);
  return {
    apiVersion: ref.apiVersion,
    kind: ref.kind,
    metadata: {
      name: ref.name,
      namespace,
      labels: { 'app.kubernetes.io/managed-by': 'slipway' },
      annotations: { [addonAnnotations.manifestHash]: manifestHash(manifest) },
    },
    spec: {
      // Waits of 10, 20, 40 and 80 s: kubectl may meet an API or a webhook that is not ready yet.
      backoffLimit: 4,
      template: {
        metadata: { name: 'rke-deploy' },
        spec: {
          ...onControlPlane,
          serviceAccountName: jobDeployer,
          automountServiceAccountToken: true,
          restartPolicy: 'Never',
          initContainers: crds,
          containers: [main],
          volumes: [volume(name, texts)],
        },
      },
    },
  };
}

const apply = ['apply', '--server-side', '--force-conflicts', '--field-manager=slipway'] as const;

/** Runs before there is a network plugin, that is on nodes that are not Ready, and on any one control plane node. */
const onControlPlane = {
  hostNetwork: true,
  priorityClassName: 'system-cluster-critical',
  tolerations: [{ operator: 'Exists' }],
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        // RKE's own label and Kubernetes' newer one; terms are alternatives.
        nodeSelectorTerms: ['node-role.kubernetes.io/controlplane', 'node-role.kubernetes.io/control-plane'].map(
          (key) => ({
            matchExpressions: [
              { key, operator: 'Exists' },
              { key: 'kubernetes.io/os', operator: 'NotIn', values: ['windows'] },
            ],
          }),
        ),
      },
    },
  },
} as const;

type KubeContainer = Readonly<Record<string, string | readonly string[] | readonly Record<string, string | boolean>[]>>;

function volume(name: AddOnName, texts: ReadonlyMap<Part, string>) {
  const items = (wanted: readonly Part[]) =>
    wanted.filter((part) => texts.has(part)).map((part) => ({ key: fileName(name, part), path: fileName(name, part) }));
  const config = items(['namespaces', 'crds', 'rest']);
  const secrets = items(['secrets']);
  return {
    name: 'config-volume',
    projected: {
      sources: [
        ...(config.length > 0 ? [{ configMap: { name, items: config } }] : []),
        ...(secrets.length > 0 ? [{ secret: { name, items: secrets } }] : []),
      ],
    },
  };
}
