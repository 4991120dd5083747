import { stringify } from 'yaml';
import { certificateOf, type Material } from '../certificates/material.ts';
import { certificateNames } from '../certificates/names.ts';
import { machinesWith, type Cluster } from '../cluster.ts';

/** Names of everything of ours in a kubeconfig file, so that a merge replaces it and nothing else. */
export interface KubeconfigNames {
  /** Of clusters and contexts; the first is the one to use. */
  readonly endpoints: readonly string[];
  readonly user: string;
}

export interface Endpoint {
  readonly name: string;
  readonly server: string;
}

/**
 * Where the API can be reached: the spec's own endpoint (a load balancer) first, then each control plane. kubectl does
 * not fail over by itself, so each has a context: `kubectl --context <cluster>-<machine>`.
 */
export function apiEndpoints(cluster: Cluster): readonly Endpoint[] {
  const direct = machinesWith(cluster, 'controlplane').map(({ name, address }) => ({ name, address }));
  const { endpoint } = cluster.spec.api;
  const first = endpoint ?? direct[0]?.address;
  if (first === undefined) return [];
  return [
    { name: cluster.name, server: serverUrl(first) },
    ...direct.map(({ name, address }) => ({ name: `${cluster.name}-${name}`, server: serverUrl(address) })),
  ];
}

export function kubeconfigNames(cluster: Cluster): KubeconfigNames {
  return { endpoints: apiEndpoints(cluster).map(({ name }) => name), user: `kube-admin-${cluster.name}` };
}

/** The person's kubeconfig of one cluster, with the admin identity inside: secret. Pure. */
export function buildKubeconfig(cluster: Cluster, material: Pick<Material, 'certificates'>): string {
  const ca = certificateOf(material, certificateNames.ca);
  const admin = certificateOf(material, certificateNames.admin);
  const { user } = kubeconfigNames(cluster);
  const endpoints = apiEndpoints(cluster);
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: endpoints.map(({ name, server }) => ({
      name,
      cluster: { server, 'certificate-authority-data': base64(ca.certificatePem) },
    })),
    users: [
      {
        name: user,
        user: { 'client-certificate-data': base64(admin.certificatePem), 'client-key-data': base64(admin.keyPem) },
      },
    ],
    contexts: endpoints.map(({ name }) => ({ name, context: { cluster: name, user } })),
    'current-context': cluster.name,
  });
}

function serverUrl(address: string): string {
  return `https://${address.includes(':') ? `[${address}]` : address}:6443`;
}

/** PEM is ASCII. */
function base64(text: string): string {
  return btoa(text);
}
