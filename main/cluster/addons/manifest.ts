import { stringify } from 'yaml';
import type { KubeObject, ObjectRef } from '../ports.ts';
import { sha256Hex } from '../sha256.ts';

/** RKE's names: of the ConfigMap, and with `-deploy-job` of the Job. */
export type AddOnName = 'rke-network-plugin' | 'rke-coredns-addon' | 'rke-metrics-addon' | 'rke-user-addon';

export interface ManifestDocument {
  /** YAML as kubectl gets it. */
  readonly text: string;
  /** More than one for a `kind: List`. */
  readonly objects: readonly KubeObject[];
}

/** What an add-on's job applies. Pure data: equal input gives an equal hash. */
export interface Manifest {
  readonly name: AddOnName;
  /** What the person calls it: "flannel". */
  readonly title: string;
  /** In the order in which kubectl gets them. */
  readonly documents: readonly ManifestDocument[];
  /**
   * How a look tells that somebody changed it. `content`: every field we wrote is still so; only for objects that we
   * write in the API's canonical form. `presence`: the objects are there.
   */
  readonly drift: 'content' | 'presence';
  /** Whether a node on which its pod does not start fails the add-on, or is left to that machine's own steps. */
  readonly laggingNodes: 'fail' | 'warn';
}

/** Objects of our own as a manifest, one document each. */
export function manifestOf(
  name: AddOnName,
  title: string,
  objects: readonly KubeObject[],
  laggingNodes: Manifest['laggingNodes'] = 'fail',
): Manifest {
  const documents = objects.map((object) => ({ text: yamlDocument(object), objects: [object] }));
  return { name, title, documents, drift: 'content', laggingNodes };
}

/**
 * Every string quoted: kubectl reads YAML 1.1, in which a plain `yes`, `012` or `1:30` is no string.
 */
export function yamlDocument(object: KubeObject): string {
  return stringify(object, {
    version: '1.1',
    defaultStringType: 'QUOTE_DOUBLE',
    defaultKeyType: 'PLAIN',
    lineWidth: 0,
  });
}

export function objectsOf(manifest: Manifest): readonly KubeObject[] {
  return manifest.documents.flatMap((document) => document.objects);
}

export function manifestHash(manifest: Manifest): string {
  return sha256Hex(manifest.documents.map((document) => document.text).join('\n---\n'));
}

export function refOf({ apiVersion, kind, metadata }: KubeObject): ObjectRef {
  const { name, namespace } = metadata;
  return { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) };
}

/** "DaemonSet kube-system/kube-flannel". */
export function titleOf({ kind, namespace, name }: ObjectRef): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}
