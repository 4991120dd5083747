import { describe, expect, it } from 'vitest';
import { certificateFiles, isOurCertificateFile } from '#main/cluster/certificates/files.ts';
import { machineNamed } from '#main/cluster/cluster.ts';
import { sampleCluster, sampleMaterial } from '../planes/sample.ts';

const cluster = sampleCluster({
  machines: [
    { name: 'etcd-1', address: '10.0.0.1', roles: ['etcd'] },
    { name: 'control-1', address: '10.0.0.2', roles: ['controlplane'] },
    { name: 'worker-1', address: '10.0.0.3', roles: ['worker'] },
  ],
});
const namesOn = (machine: string): string[] =>
  certificateFiles(machineNamed(cluster, machine), sampleMaterial(cluster)).map(({ path }) =>
    path.replace('/etc/kubernetes/ssl/', ''),
  );

const everywhere = (machine: string): string[] => [
  'kube-ca.pem',
  `kube-kubelet-${machine}-key.pem`,
  `kube-kubelet-${machine}.pem`,
  'kube-node-key.pem',
  'kube-node.pem',
  'kube-proxy-key.pem',
  'kube-proxy.pem',
  'kubecfg-kube-node.yaml',
  'kubecfg-kube-proxy.yaml',
];

describe('certificateFiles', () => {
  it('gives a worker its own identity and no CA key', () => {
    expect(namesOn('worker-1')).toEqual(everywhere('worker-1').sort());
  });

  it('gives an etcd machine its own member key and no key of the control plane', () => {
    const extra = [
      'etcd-ca.pem',
      'etcd-client-key.pem',
      'etcd-client.pem',
      'kube-etcd-etcd-1-key.pem',
      'kube-etcd-etcd-1.pem',
    ];
    expect(namesOn('etcd-1')).toEqual([...everywhere('etcd-1'), ...extra].sort());
  });

  it('gives a control plane the signing key of the cluster CA and of no other CA', () => {
    const caKeys = namesOn('control-1').filter((name) => name.endsWith('ca-key.pem'));
    expect(caKeys).toEqual(['kube-ca-key.pem']);
    expect(namesOn('control-1').filter((name) => name.startsWith('kube-etcd-'))).toEqual([]);
  });

  it('puts the identity of this very node into kube-node.pem', () => {
    const files = certificateFiles(machineNamed(cluster, 'worker-1'), sampleMaterial(cluster));
    const node = files.find(({ path }) => path.endsWith('/kube-node.pem'));
    expect(new TextDecoder().decode(node?.content)).toBe('certificate of kube-node-worker-1\n');
  });

  it('lets nobody but root read any of them', () => {
    const files = certificateFiles(machineNamed(cluster, 'control-1'), sampleMaterial(cluster));
    expect(new Set(files.map(({ mode }) => mode))).toEqual(new Set([0o600]));
  });
});

describe('isOurCertificateFile', () => {
  it.each([
    ['/etc/kubernetes/ssl/kube-etcd-gone.pem', true],
    ['/etc/kubernetes/ssl/kubecfg-kube-scheduler.yaml', true],
    ['/etc/kubernetes/ssl/my-own.pem', false],
    ['/etc/kubernetes/admission.yaml', false],
    ['/etc/kubernetes/ssl/other/kube-ca.pem', false],
  ])('%s: %s', (path, ours) => {
    expect(isOurCertificateFile(path)).toBe(ours);
  });
});
