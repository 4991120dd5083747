import type { Cluster } from '#main/cluster/cluster.ts';
import type { ContainerSpec } from '#main/cluster/container-spec.ts';
import { type FakeWorld, makeWorld } from '#test/fakes/world/world.ts';

/** A world in which etcd, the control plane and the kubelets run, as the planes leave it. */
export function runningWorld(cluster: Cluster): FakeWorld {
  const world = makeWorld(cluster);
  for (const { name, roles, internalIp } of cluster.machines) {
    const containers = [
      ...(roles.includes('etcd') ? ['etcd'] : []),
      ...(roles.includes('controlplane') ? ['kube-apiserver'] : []),
      'kubelet',
    ];
    for (const container of containers) {
      world.machine(name).containers.set(container, {
        id: `${name}-${container}`,
        spec: idle(container),
        labels: {},
        running: true,
        exitCode: 0,
        files: new Map(),
        logs: [],
      });
    }
    if (roles.includes('etcd')) {
      world.etcd.members.push({ id: name, name, peerUrl: `https://${internalIp}:2380`, learner: false });
    }
  }
  const certificate = { certificatePem: 'a certificate', keyPem: 'a key' };
  for (const name of ['kube-ca', 'metrics-server']) world.inventory.certificates.set(name, { name, ...certificate });
  return world;
}

function idle(name: string): ContainerSpec {
  return {
    name,
    image: 'an image',
    command: [],
    env: [],
    mounts: [],
    network: 'host',
    privileged: false,
    restart: 'always',
    labels: {},
    log: { maxSizeMiB: 1, maxFiles: 1 },
    contentHashes: {},
    firstStartOnly: [],
  };
}
