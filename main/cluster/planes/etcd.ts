import { certificateNames, sslFolder } from '../certificates/names.ts';
import type { Cluster, Machine } from '../cluster.ts';
import type { ContainerSpec } from '../container-spec.ts';
import type { RemoteFile } from '../ports.ts';
import { componentContainer, kubernetesMount } from './service-container.ts';
import { machineValues } from './flag-values.ts';

/** A member as etcd's flag `initial-cluster` wants it. */
export interface InitialMember {
  readonly name: string;
  readonly peerUrl: string;
}

export interface EtcdStart {
  readonly members: readonly InitialMember[];
  /** `existing` for a member that joins a cluster which already has a leader. */
  readonly state: 'new' | 'existing';
}

/**
 * The etcd container of one machine. `start` is read on the very first start only (the data folder is empty) and is not
 * part of the hash: adding a member restarts none of the others.
 */
export function etcdContainer(
  cluster: Cluster,
  machine: Machine,
  files: readonly RemoteFile[],
  start: EtcdStart,
): ContainerSpec {
  const peers = start.members.map(({ name, peerUrl }) => `${name}=${peerUrl}`).sort();
  const values = {
    ...machineValues(cluster, machine),
    initialCluster: peers.join(','),
    initialClusterState: start.state,
  };
  const client = `${sslFolder}/${certificateNames.etcdClient}`;
  return componentContainer(cluster, 'etcd', 'etcd', values, files, {
    name: 'etcd',
    // So that `docker exec etcd etcdctl …` just works.
    env: [
      'ETCDCTL_API=3',
      `ETCDCTL_CACERT=${sslFolder}/${certificateNames.etcdCa}.pem`,
      `ETCDCTL_CERT=${client}.pem`,
      'ETCDCTL_ENDPOINTS=https://127.0.0.1:2379',
      `ETCDCTL_KEY=${client}-key.pem`,
    ],
    mounts: [{ from: '/var/lib/etcd', to: '/var/lib/rancher/etcd', readOnly: false }, kubernetesMount],
    firstStartOnly: ['initial-cluster', 'initial-cluster-state'],
  });
}

export function initialMember(machine: Machine): InitialMember {
  return { name: `etcd-${machine.name}`, peerUrl: peerUrl(machine) };
}

export function peerUrl(machine: Machine): string {
  return `https://${machine.internalIp}:2380`;
}
