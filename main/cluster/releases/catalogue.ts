import { releaseErrors } from '#shared/errors/release.ts';
import { dialectOf } from './dialect.ts';
import type { Release, ReleaseImages } from './release.ts';

/** Images of a release whose components are published one by one (registry.k8s.io and siderolabs' kubelet). */
function publishedImages(version: string, changes: Partial<ReleaseImages> = {}): ReleaseImages {
  return {
    etcd: 'registry.k8s.io/etcd:3.6.8-0',
    kubeApiserver: `registry.k8s.io/kube-apiserver:${version}`,
    kubeControllerManager: `registry.k8s.io/kube-controller-manager:${version}`,
    kubeScheduler: `registry.k8s.io/kube-scheduler:${version}`,
    kubeProxy: `registry.k8s.io/kube-proxy:${version}`,
    kubelet: `ghcr.io/siderolabs/kubelet:${version}`,
    kubectl: `registry.k8s.io/kubectl:${version}`,
    nginx: 'docker.io/library/nginx:1.28.0',
    pause: 'registry.k8s.io/pause:3.10.1',
    flannel: 'ghcr.io/flannel-io/flannel:v0.26.7',
    cniPlugins: 'docker.io/rancher/hardened-cni-plugins:v1.9.1-build20260312',
    coredns: 'registry.k8s.io/coredns/coredns:v1.14.6',
    metricsServer: 'registry.k8s.io/metrics-server/metrics-server:v0.9.0',
    ...changes,
  };
}

/** Every component of an RKE1 release is in `rancher/hyperkube`; proxy and helpers are in `rancher/rke-tools`. */
function hyperkubeImages(hyperkubeTag: string, rkeToolsTag: string): ReleaseImages {
  const hyperkube = `docker.io/rancher/hyperkube:${hyperkubeTag}`;
  return {
    etcd: 'docker.io/rancher/coreos-etcd:v3.4.3-rancher1',
    kubeApiserver: hyperkube,
    kubeControllerManager: hyperkube,
    kubeScheduler: hyperkube,
    kubeProxy: hyperkube,
    kubelet: hyperkube,
    kubectl: hyperkube,
    nginx: `docker.io/rancher/rke-tools:${rkeToolsTag}`,
    pause: 'docker.io/rancher/pause:3.1',
    flannel: 'docker.io/rancher/coreos-flannel:v0.11.0-rancher1',
    cniPlugins: 'docker.io/rancher/flannel-cni:v0.3.0-rancher6',
    coredns: 'docker.io/rancher/coredns-coredns:1.6.5',
    metricsServer: 'docker.io/rancher/metrics-server:v0.3.6',
  };
}

/** Newest first. Dates: kubernetes/sig-release, `releases/release-1.3x/README.md`; support is 14 months. */
export const releases: readonly Release[] = [
  {
    version: 'v1.37.2',
    minor: '1.37',
    generalAvailability: '2026-08-26',
    endOfSupport: '2027-10-28',
    images: publishedImages('v1.37.2', { etcd: 'registry.k8s.io/etcd:3.7.0-0' }),
    dialect: dialectOf('1.37'),
    upgradesFrom: ['1.36', '1.37'],
    legacy: false,
  },
  {
    version: 'v1.36.3',
    minor: '1.36',
    generalAvailability: '2026-04-22',
    endOfSupport: '2027-06-28',
    images: publishedImages('v1.36.3'),
    dialect: dialectOf('1.36'),
    upgradesFrom: ['1.35', '1.36'],
    legacy: false,
  },
  {
    version: 'v1.35.4',
    minor: '1.35',
    generalAvailability: '2025-12-17',
    endOfSupport: '2027-02-28',
    images: publishedImages('v1.35.4'),
    dialect: dialectOf('1.35'),
    upgradesFrom: ['1.34', '1.35'],
    legacy: false,
  },
  {
    // The images of rke-reference.md 13.4, first column. For adopting what RKE built; flannel etc. as it wrote them.
    version: 'v1.17.6-rancher2-1',
    minor: '1.17',
    generalAvailability: '2019-12-09',
    endOfSupport: '2021-01-13',
    images: hyperkubeImages('v1.17.6-rancher2', 'v0.1.56'),
    dialect: dialectOf('1.17'),
    upgradesFrom: ['1.16', '1.17'],
    legacy: true,
  },
];

/** What a spec without `release` gets: not the newest minor, but the one that has had its first fixes. */
export const defaultRelease: Release = findRelease('v1.36.3');

/** @throws `release.unknown` naming those that are offered. */
export function findRelease(version: string): Release {
  const found = releases.find((release) => release.version === version);
  if (found) return found;
  const known = releases.filter(({ legacy }) => !legacy).map((release) => release.version);
  throw releaseErrors.unknown({ version, known: known.join(', ') }, { target: 'spec.release' });
}
