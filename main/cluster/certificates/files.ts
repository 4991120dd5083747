import type { Machine } from '../cluster.ts';
import { componentKubeconfig } from '../kubeconfig/component.ts';
import type { RemoteFile } from '../ports.ts';
import { certificateOf, type Material } from './material.ts';
import { certificateNames as names, secretNames, sslFolder } from './names.ts';

/**
 * The files below /etc/kubernetes/ssl of one machine, sorted by path: only what its own components read. RKE copied
 * the keys of all etcd members and kubelets everywhere (rke-reference.md 14.5, E4).
 * Pure: equal input gives equal bytes, so their hashes tell what has to restart.
 */
export function certificateFiles(machine: Machine, material: Material): readonly RemoteFile[] {
  const files = [
    certificate(material, names.ca),
    ...pair(material, names.node(machine.name), 'kube-node'),
    ...pair(material, names.kubelet(machine.name)),
    ...pair(material, names.kubeProxy),
    kubeconfig('kube-node'),
    kubeconfig(names.kubeProxy),
    ...(machine.roles.includes('etcd') ? etcdFiles(machine, material) : []),
    ...(machine.roles.includes('controlplane') ? controlPlaneFiles(material) : []),
  ];
  const byPath = new Map(files.map((file) => [file.path, file]));
  return [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

function etcdFiles(machine: Machine, material: Material): RemoteFile[] {
  return [
    certificate(material, names.etcdCa),
    ...pair(material, names.etcdMember(machine.name)),
    // For etcdctl in the container and for snapshots.
    ...pair(material, names.etcdClient),
  ];
}

function controlPlaneFiles(material: Material): RemoteFile[] {
  return [
    // The controller manager signs with it; the keys of the other two CAs stay in the inventory.
    key(material, names.ca),
    certificate(material, names.etcdCa),
    certificate(material, names.requestHeaderCa),
    ...pair(material, names.apiserver),
    ...pair(material, names.apiserverEtcd),
    ...pair(material, names.apiserverKubelet),
    ...pair(material, names.proxyClient),
    ...pair(material, names.controllerManager),
    ...pair(material, names.scheduler),
    kubeconfig(names.controllerManager),
    kubeconfig(names.scheduler),
    textFile(`${sslFolder}/${secretNames.serviceAccount}-key.pem`, material.serviceAccountKey),
  ];
}

function pair(material: Material, name: string, fileName = name): RemoteFile[] {
  return [certificate(material, name, fileName), key(material, name, fileName)];
}

function certificate(material: Material, name: string, fileName = name): RemoteFile {
  return textFile(`${sslFolder}/${fileName}.pem`, certificateOf(material, name).certificatePem);
}

function key(material: Material, name: string, fileName = name): RemoteFile {
  return textFile(`${sslFolder}/${fileName}-key.pem`, certificateOf(material, name).keyPem);
}

function kubeconfig(component: string): RemoteFile {
  return textFile(`${sslFolder}/kubecfg-${component}.yaml`, componentKubeconfig(component));
}

export function textFile(path: string, text: string): RemoteFile {
  return { path, content: new TextEncoder().encode(text), mode: 0o600 };
}

/** Whether a file in that folder has a name that we (or RKE) give: only such ones are removed when no longer wanted. */
export function isOurCertificateFile(path: string): boolean {
  return (
    new RegExp(`^${sslFolder}/(kube-[-a-z0-9.]+|etcd-(ca|client)(-key)?)\\.pem$`).test(path) || isOurKubeconfig(path)
  );
}

function isOurKubeconfig(path: string): boolean {
  return new RegExp(`^${sslFolder}/kubecfg-kube-[-a-z0-9]+\\.yaml$`).test(path);
}
