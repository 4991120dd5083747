import { parse } from 'valibot';
import { issueCertificate } from '#main/cluster/certificates/issue.ts';
import type { Material } from '#main/cluster/certificates/material.ts';
import { plannedCertificates } from '#main/cluster/certificates/planned.ts';
import type { Cluster } from '#main/cluster/cluster.ts';
import type { MachineFacts } from '#main/cluster/machine-facts.ts';
import type { StoredCertificate } from '#main/cluster/ports.ts';
import { findRelease } from '#main/cluster/releases/catalogue.ts';
import { buildCluster } from '#main/cluster/spec/build-cluster.ts';
import { nodeKeys } from '#main/secrets/keys.ts';
import { ClusterSpec, type ClusterSpecInput } from '#shared/spec/cluster.ts';

type SpecPart = Partial<ClusterSpecInput['spec']>;

/** Three machines: node-1 has all roles, node-2 and node-3 are workers. */
export function sampleCluster(part: SpecPart = {}, release = 'v1.36.3'): Cluster {
  const spec = parse(ClusterSpec, {
    apiVersion: 'slipway.dev/v1',
    kind: 'Cluster',
    metadata: { name: 'demo' },
    spec: {
      machines: [
        {
          name: 'node-1',
          address: 'node-1.example.org',
          internalAddress: '10.0.0.1',
          roles: ['etcd', 'controlplane', 'worker'],
        },
        { name: 'node-2', address: '10.0.0.2', roles: ['worker'] },
        { name: 'node-3', address: '10.0.0.3', roles: ['worker'] },
      ],
      ...part,
    },
  });
  return buildCluster('c-abcde', spec, findRelease(release));
}

export const sampleFacts: MachineFacts = {
  os: { id: 'debian', idLike: [], version: '12', name: 'Debian GNU/Linux 12 (bookworm)' },
  architecture: 'amd64',
  kernel: '6.1.0',
  hostname: 'node-1',
  machineId: '0123456789abcdef0123456789abcdef',
  cpus: 2,
  memoryMiB: 4096,
  cgroupVersion: 2,
  swapMiB: 0,
  freeMiB: { '/var/lib/docker': 9000, '/var/lib/etcd': 9000, '/var/lib/kubelet': 9000, '/etc': 9000 },
  addresses: ['10.0.0.1'],
  defaultAddress: '10.0.0.1',
  mtu: 1500,
  privilege: 'root',
  hasSystemd: true,
  packageManager: 'apt',
  resolvConf: '/etc/resolv.conf',
  docker: { version: '26.1.5', apiVersion: '1.45', cgroupDriver: 'systemd', storageDriver: 'overlay2' },
  containerd: { version: '1.7.24' },
  missingKernelModules: [],
};

export const sampleNow = Date.UTC(2026, 10, 22);

/** Real certificates: all that the cluster plans, issued with real keys. */
export async function issueAll(cluster: Cluster, nowMs = sampleNow): Promise<Map<string, StoredCertificate>> {
  const keys = nodeKeys();
  const issued = new Map<string, StoredCertificate>();
  const { signal } = new AbortController();
  for (const planned of plannedCertificates(cluster)) {
    const issuer = planned.issuer === undefined ? undefined : issued.get(planned.issuer);
    issued.set(planned.name, await issueCertificate(keys, planned, issuer, nowMs, signal));
  }
  return issued;
}

/** Stand-in PEM texts, one per planned certificate: for tests that only look at which file goes where. */
export function sampleMaterial(cluster: Cluster): Material {
  const certificates = plannedCertificates(cluster).map(({ name }): [string, StoredCertificate] => [
    name,
    { name, certificatePem: `certificate of ${name}\n`, keyPem: `key of ${name}\n` },
  ]);
  return {
    certificates: new Map(certificates),
    serviceAccountKey: 'service account key\n',
    encryptionKey: btoa('0123456789abcdef0123456789abcdef'),
  };
}
