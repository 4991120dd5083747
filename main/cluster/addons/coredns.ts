import { type Cluster, machinesWith } from '../cluster.ts';
import { defaultDnsServiceIp } from '#shared/network/cidr.ts';
import type { KubeObject } from '../ports.ts';
import { systemImage } from '../releases/images.ts';
import { sha256Hex } from '../sha256.ts';
import { namespace } from './deploy-job.ts';
import { type Manifest, manifestOf } from './manifest.ts';
import { preferWorkers, systemTolerations } from './worker-affinity.ts';

const labels = { 'k8s-app': 'kube-dns' };
const nodesPerReplica = 4;

/** Cluster DNS with RKE's names (rke-reference 9.5). */
export function coredns(cluster: Cluster): Manifest {
  const corefile = corefileOf(cluster);
  return manifestOf('rke-coredns-addon', 'coredns', [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'coredns', namespace } },
    clusterRole,
    clusterRoleBinding,
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'coredns', namespace, labels },
      data: { Corefile: corefile },
    },
    service(cluster),
    disruptionBudget,
    deployment(cluster, sha256Hex(corefile)),
  ]);
}

/**
 * One for four workers, and two as soon as there are two nodes to put them on: the rule of RKE's autoscaler (linear,
 * nodesPerReplica 4, preventSinglePointFailure), without a pod that applies it. Control plane nodes count where there
 * is no worker.
 */
export function corednsReplicas(cluster: Cluster): number {
  const workers = machinesWith(cluster, 'worker').length;
  const nodes = workers > 0 ? workers : cluster.machines.length;
  return Math.max(Math.ceil(nodes / nodesPerReplica), nodes > 1 ? 2 : 1);
}

/** @throws never: the spec's check has refused a service network without a 10th address. */
export function dnsServiceIp({ spec }: Cluster): string {
  return spec.dns.serviceIp ?? defaultDnsServiceIp(spec.network.serviceCidr) ?? '';
}

function corefileOf({ spec }: Cluster): string {
  const upstreams = spec.dns.upstreams.length > 0 ? spec.dns.upstreams.join(' ') : '/etc/resolv.conf';
  return [
    '.:53 {',
    '    errors',
    '    health {',
    '        lameduck 5s',
    '    }',
    '    ready',
    `    kubernetes ${spec.dns.domain} in-addr.arpa ip6.arpa {`,
    '        pods insecure',
    '        fallthrough in-addr.arpa ip6.arpa',
    '    }',
    '    prometheus :9153',
    `    forward . ${upstreams}`,
    '    cache 30',
    '    loop',
    '    reload',
    '    loadbalance',
    '}',
    '',
  ].join('\n');
}

const clusterRole: KubeObject = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name: 'system:coredns' },
  rules: [
    { apiGroups: [''], resources: ['services', 'pods', 'namespaces'], verbs: ['list', 'watch'] },
    { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] },
  ],
};

const clusterRoleBinding: KubeObject = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  metadata: { name: 'system:coredns' },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'system:coredns' },
  subjects: [{ kind: 'ServiceAccount', name: 'coredns', namespace }],
};

function service(cluster: Cluster): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'kube-dns', namespace, labels: { ...labels, 'kubernetes.io/name': 'CoreDNS' } },
    spec: {
      selector: labels,
      clusterIP: dnsServiceIp(cluster),
      ports: [
        { name: 'dns', port: 53, protocol: 'UDP', targetPort: 53 },
        { name: 'dns-tcp', port: 53, protocol: 'TCP', targetPort: 53 },
        { name: 'metrics', port: 9153, protocol: 'TCP', targetPort: 9153 },
      ],
    },
  };
}

/** One at a time, and a single replica may move: a drain never hangs on it. */
const disruptionBudget: KubeObject = {
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: 'coredns', namespace, labels },
  spec: { maxUnavailable: 1, selector: { matchLabels: labels } },
};

function deployment(cluster: Cluster, corefileHash: string): KubeObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'coredns', namespace, labels },
    spec: {
      replicas: corednsReplicas(cluster),
      // The new one answers before the old one goes: a single replica is never away.
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      selector: { matchLabels: labels },
      template: {
        metadata: { labels, annotations: { 'slipway.dev/config-hash': corefileHash } },
        spec: {
          serviceAccountName: 'coredns',
          priorityClassName: 'system-cluster-critical',
          nodeSelector: { 'kubernetes.io/os': 'linux' },
          tolerations: systemTolerations,
          affinity: { nodeAffinity: preferWorkers, podAntiAffinity: apart },
          dnsPolicy: 'Default',
          containers: [container(cluster)],
          volumes: [
            { name: 'config-volume', configMap: { name: 'coredns', items: [{ key: 'Corefile', path: 'Corefile' }] } },
          ],
        },
      },
    },
  };
}

const apart = {
  preferredDuringSchedulingIgnoredDuringExecution: [
    {
      weight: 100,
      podAffinityTerm: { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: labels } },
    },
  ],
} as const;

function container(cluster: Cluster) {
  return {
    name: 'coredns',
    image: systemImage(cluster, 'coredns'),
    imagePullPolicy: 'IfNotPresent',
    args: ['-conf', '/etc/coredns/Corefile'],
    resources: { limits: { memory: '170Mi' }, requests: { cpu: '100m', memory: '70Mi' } },
    ports: [
      { name: 'dns', containerPort: 53, protocol: 'UDP' },
      { name: 'dns-tcp', containerPort: 53, protocol: 'TCP' },
      { name: 'metrics', containerPort: 9153, protocol: 'TCP' },
    ],
    livenessProbe: {
      httpGet: { path: '/health', port: 8080, scheme: 'HTTP' },
      initialDelaySeconds: 60,
      timeoutSeconds: 5,
      failureThreshold: 5,
    },
    readinessProbe: { httpGet: { path: '/ready', port: 8181, scheme: 'HTTP' }, periodSeconds: 2 },
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { add: ['NET_BIND_SERVICE'], drop: ['ALL'] },
      readOnlyRootFilesystem: true,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    volumeMounts: [{ name: 'config-volume', mountPath: '/etc/coredns', readOnly: true }],
  };
}
