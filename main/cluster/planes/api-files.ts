import { stringify } from 'yaml';
import type { Material } from '../certificates/material.ts';
import type { Cluster } from '../cluster.ts';

/** audit.k8s.io/v1 Policy. Ours notes who did what, without bodies, and leaves out reads that only make noise. */
export function auditPolicy(cluster: Cluster): string {
  const ours = {
    apiVersion: 'audit.k8s.io/v1',
    kind: 'Policy',
    omitStages: ['RequestReceived'],
    rules: [
      { level: 'None', nonResourceURLs: ['/healthz*', '/livez*', '/readyz*', '/version', '/openapi/*'] },
      // Leases are renewed every few seconds by every kubelet and controller.
      { level: 'None', resources: [{ group: 'coordination.k8s.io', resources: ['leases'] }] },
      { level: 'None', resources: [{ group: '', resources: ['events'] }] },
      {
        level: 'None',
        users: ['system:kube-proxy', 'system:kube-scheduler', 'system:kube-controller-manager', 'system:apiserver'],
        verbs: ['get', 'list', 'watch'],
      },
      { level: 'None', userGroups: ['system:nodes'], verbs: ['get', 'list', 'watch'] },
      { level: 'Metadata' },
    ],
  };
  return stringify(cluster.spec.api.audit.policy ?? ours);
}

/** AdmissionConfiguration. A plugin of the spec replaces ours of the same name; all of them count, unlike in RKE. */
export function admissionConfig(cluster: Cluster): string {
  const podSecurity = {
    name: 'PodSecurity',
    configuration: {
      apiVersion: 'pod-security.admission.config.k8s.io/v1',
      kind: 'PodSecurityConfiguration',
      defaults: { enforce: 'privileged', 'enforce-version': 'latest' },
    },
  };
  const plugins = new Map<string, unknown>([[podSecurity.name, podSecurity]]);
  for (const plugin of cluster.spec.api.admissionPlugins) plugins.set(plugin.name, plugin);
  return stringify({
    apiVersion: 'apiserver.config.k8s.io/v1',
    kind: 'AdmissionConfiguration',
    plugins: [...plugins.values()],
  });
}

/**
 * EncryptionConfiguration: secrets sealed with secretbox (XSalsa20 and Poly1305, 256-bit key). Switched off, it still
 * names the key second, or what was sealed before could no longer be read.
 */
export function encryptionConfig(cluster: Cluster, material: Pick<Material, 'encryptionKey'>): string {
  const sealed = { secretbox: { keys: [{ name: 'key-1', secret: material.encryptionKey }] } };
  const plain = { identity: {} };
  const providers = cluster.spec.api.secretsEncryption ? [sealed, plain] : [plain, sealed];
  return stringify({
    apiVersion: 'apiserver.config.k8s.io/v1',
    kind: 'EncryptionConfiguration',
    resources: [{ resources: ['secrets'], providers }],
  });
}
