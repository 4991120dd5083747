/**
 * The images the lab's registries serve, by the names the product's catalogue uses. A test compares the two, so that a
 * release cannot ask for an image the lab lacks.
 */
export const images = {
  etcd: 'registry.k8s.io/etcd:3.6.8-0',
  kubeApiserver: 'registry.k8s.io/kube-apiserver:v1.36.3',
  kubeControllerManager: 'registry.k8s.io/kube-controller-manager:v1.36.3',
  kubeScheduler: 'registry.k8s.io/kube-scheduler:v1.36.3',
  kubeProxy: 'registry.k8s.io/kube-proxy:v1.36.3',
  kubelet: 'ghcr.io/siderolabs/kubelet:v1.36.3',
  kubectl: 'registry.k8s.io/kubectl:v1.36.3',
  nginx: 'docker.io/library/nginx:1.28.0',
  pause: 'registry.k8s.io/pause:3.10.1',
  flannel: 'ghcr.io/flannel-io/flannel:v0.26.7',
  cniPlugins: 'docker.io/rancher/hardened-cni-plugins:v1.9.1-build20260312',
  coredns: 'registry.k8s.io/coredns/coredns:v1.14.6',
  metricsServer: 'registry.k8s.io/metrics-server/metrics-server:v0.9.0',
  /** Only for tests: an HTTP server that answers its host name, and the client that checks such answers. */
  echo: 'lab/echo:1',
} as const;

export type ImageName = keyof typeof images;

/**
 * Repository and tag below the lab's registry: `registry.k8s.io/etcd:3.6.8-0` → `etcd`, `3.6.8-0`. The first part of
 * a name is a registry when it has a dot or a colon (Docker's rule).
 */
export function inRegistry(reference: string): { readonly repository: string; readonly tag: string } {
  const slash = reference.indexOf('/');
  const path = /[.:]/.test(reference.slice(0, slash)) ? reference.slice(slash + 1) : reference;
  const colon = path.lastIndexOf(':');
  return { repository: path.slice(0, colon), tag: path.slice(colon + 1) };
}
