import type { Cluster } from '../cluster.ts';
import type { ReleaseImages } from './release.ts';

/**
 * The reference by which this cluster's machines pull a system image. With a private registry for system images only
 * the registry's host is replaced, so a plain copy of the public repositories is enough:
 * `registry.k8s.io/kube-proxy:v1.36.3` → `reg.example:5000/kube-proxy:v1.36.3`.
 */
export function systemImage(cluster: Cluster, key: keyof ReleaseImages): string {
  const published = cluster.release.images[key];
  const registry = cluster.spec.registries.find((candidate) => candidate.systemImages);
  return registry ? `${registry.server}/${withoutRegistry(published)}` : published;
}

/** Docker's rule: the first part is a registry when it has a dot or a colon, or is `localhost`. */
function withoutRegistry(reference: string): string {
  const slash = reference.indexOf('/');
  const first = reference.slice(0, slash);
  return slash > 0 && (/[.:]/.test(first) || first === 'localhost') ? reference.slice(slash + 1) : reference;
}
