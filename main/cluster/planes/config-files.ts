import { certificateFiles, textFile } from '../certificates/files.ts';
import type { Material } from '../certificates/material.ts';
import type { Cluster, Machine } from '../cluster.ts';
import type { MachineFacts } from '../machine-facts.ts';
import type { RemoteFile } from '../ports.ts';
import { admissionConfig, auditPolicy, encryptionConfig } from './api-files.ts';
import { configPaths } from './config-paths.ts';
import { kubeProxyConfig } from './kube-proxy.ts';
import { kubeletConfig } from './kubelet.ts';
import { nginxConfig } from './nginx-proxy.ts';

/** What file-deployer puts on one machine. Pure, like certificateFiles. */
export function configFiles(
  cluster: Cluster,
  machine: Machine,
  facts: MachineFacts,
  material: Pick<Material, 'encryptionKey' | 'authnWebhook'>,
): readonly RemoteFile[] {
  const { audit } = cluster.spec.api;
  const isControlPlane = machine.roles.includes('controlplane');
  const files: RemoteFile[] = [];
  if (isControlPlane) {
    files.push(textFile(configPaths.admission, admissionConfig(cluster)));
    files.push(textFile(configPaths.encryption, encryptionConfig(cluster, material)));
    if (audit.enabled) files.push(textFile(configPaths.auditPolicy, auditPolicy(cluster)));
    if (material.authnWebhook !== undefined) files.push(textFile(configPaths.authnWebhook, material.authnWebhook));
  } else {
    files.push(textFile(configPaths.nginx, nginxConfig(cluster)));
  }
  if (cluster.release.dialect.componentConfig === 'file') {
    files.push(textFile(configPaths.kubelet, kubeletConfig(cluster, machine, facts)));
    files.push(textFile(configPaths.kubeProxy, kubeProxyConfig(cluster)));
  }
  return files;
}

/** All files that components of one machine read, so that each spec can tell which of them are its own. */
export function machineFiles(
  cluster: Cluster,
  machine: Machine,
  facts: MachineFacts,
  material: Material,
): readonly RemoteFile[] {
  return [...certificateFiles(machine, material), ...configFiles(cluster, machine, facts, material)];
}
