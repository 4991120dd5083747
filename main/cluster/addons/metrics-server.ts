import type { Cluster } from '../cluster.ts';
import type { KubeObject, StoredCertificate } from '../ports.ts';
import { systemImage } from '../releases/images.ts';
import { sha256Hex } from '../sha256.ts';
import { namespace } from './deploy-job.ts';
import { type Manifest, manifestOf } from './manifest.ts';
import { preferWorkers, systemTolerations } from './worker-affinity.ts';

const name = 'metrics-server';
const labels = { 'k8s-app': name };
const rbac = 'rbac.authorization.k8s.io';

export interface MetricsCertificates {
  /** PEM of the CA that signs the kubelets' serving certificates and ours. */
  readonly kubeCaPem: string;
  /** For metrics-server.kube-system.svc. */
  readonly serving: StoredCertificate;
}

/**
 * metrics-server with both ends verified, where upstream and RKE switch verification off: it checks the kubelets'
 * serving certificates, and the API checks its.
 */
export function metricsServer(cluster: Cluster, certificates: MetricsCertificates): Manifest {
  return manifestOf('rke-metrics-addon', 'metrics-server', [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace, labels } },
    ...roles,
    ...bindings,
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'metrics-server-kubelet-ca', namespace, labels },
      data: { 'ca.crt': certificates.kubeCaPem },
    },
    service,
    deployment(cluster, certificates),
    apiService(certificates.kubeCaPem),
  ]);
}

/** Applied through the API, not by the job: a private key does not belong into a ConfigMap. */
export function metricsServerSecret({ serving }: MetricsCertificates): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'metrics-server-tls', namespace, labels },
    type: 'kubernetes.io/tls',
    data: { 'tls.crt': base64(serving.certificatePem), 'tls.key': base64(serving.keyPem) },
  };
}

const roles: readonly KubeObject[] = [
  {
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRole',
    metadata: {
      name: 'system:aggregated-metrics-reader',
      labels: {
        ...labels,
        'rbac.authorization.k8s.io/aggregate-to-admin': 'true',
        'rbac.authorization.k8s.io/aggregate-to-edit': 'true',
        'rbac.authorization.k8s.io/aggregate-to-view': 'true',
      },
    },
    rules: [{ apiGroups: ['metrics.k8s.io'], resources: ['pods', 'nodes'], verbs: ['get', 'list', 'watch'] }],
  },
  {
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRole',
    metadata: { name: 'system:metrics-server', labels },
    rules: [
      { apiGroups: [''], resources: ['nodes/metrics'], verbs: ['get'] },
      { apiGroups: [''], resources: ['pods', 'nodes'], verbs: ['get', 'list', 'watch'] },
    ],
  },
];

const subjects = [{ kind: 'ServiceAccount', name, namespace }] as const;

const bindings: readonly KubeObject[] = [
  {
    apiVersion: `${rbac}/v1`,
    kind: 'RoleBinding',
    metadata: { name: 'metrics-server-auth-reader', namespace, labels },
    roleRef: { apiGroup: rbac, kind: 'Role', name: 'extension-apiserver-authentication-reader' },
    subjects,
  },
  clusterBinding('metrics-server:system:auth-delegator', 'system:auth-delegator'),
  clusterBinding('system:metrics-server', 'system:metrics-server'),
];

function clusterBinding(binding: string, role: string): KubeObject {
  return {
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name: binding, labels },
    roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: role },
    subjects,
  };
}

const service: KubeObject = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace, labels },
  spec: {
    selector: labels,
    ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: 'https', appProtocol: 'https' }],
  },
};

function deployment(cluster: Cluster, certificates: MetricsCertificates): KubeObject {
  const hash = sha256Hex(certificates.kubeCaPem + certificates.serving.certificatePem);
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace, labels },
    spec: {
      replicas: 1,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      selector: { matchLabels: labels },
      template: {
        // It reads its certificates at its start only.
        metadata: { labels, annotations: { 'slipway.dev/config-hash': hash } },
        spec: {
          serviceAccountName: name,
          priorityClassName: 'system-cluster-critical',
          nodeSelector: { 'kubernetes.io/os': 'linux' },
          tolerations: systemTolerations,
          affinity: { nodeAffinity: preferWorkers },
          securityContext: { fsGroup: 1000 },
          containers: [container(cluster)],
          volumes: [
            { name: 'tmp', emptyDir: {} },
            { name: 'kubelet-ca', configMap: { name: 'metrics-server-kubelet-ca' } },
            { name: 'tls', secret: { secretName: 'metrics-server-tls', defaultMode: 0o440 } },
          ],
        },
      },
    },
  };
}

function container(cluster: Cluster) {
  const probe = (path: string) => ({ httpGet: { path, port: 'https', scheme: 'HTTPS' } });
  return {
    name,
    image: systemImage(cluster, 'metricsServer'),
    imagePullPolicy: 'IfNotPresent',
    args: [
      '--cert-dir=/tmp',
      '--secure-port=10250',
      '--tls-cert-file=/etc/metrics-server/tls/tls.crt',
      '--tls-private-key-file=/etc/metrics-server/tls/tls.key',
      '--kubelet-certificate-authority=/etc/metrics-server/kubelet-ca/ca.crt',
      // Each kubelet's serving certificate names its internal address.
      '--kubelet-preferred-address-types=InternalIP',
      '--kubelet-use-node-status-port',
      '--metric-resolution=15s',
    ],
    ports: [{ name: 'https', containerPort: 10250, protocol: 'TCP' }],
    resources: { requests: { cpu: '100m', memory: '200Mi' } },
    livenessProbe: { ...probe('/livez'), initialDelaySeconds: 30, periodSeconds: 10, failureThreshold: 3 },
    readinessProbe: { ...probe('/readyz'), periodSeconds: 2, failureThreshold: 3 },
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      runAsUser: 1000,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    volumeMounts: [
      { name: 'tmp', mountPath: '/tmp' },
      { name: 'kubelet-ca', mountPath: '/etc/metrics-server/kubelet-ca', readOnly: true },
      { name: 'tls', mountPath: '/etc/metrics-server/tls', readOnly: true },
    ],
  };
}

function apiService(kubeCaPem: string): KubeObject {
  return {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: 'v1beta1.metrics.k8s.io', labels },
    spec: {
      group: 'metrics.k8s.io',
      version: 'v1beta1',
      groupPriorityMinimum: 100,
      versionPriority: 100,
      caBundle: base64(kubeCaPem),
      service: { name, namespace, port: 443 },
    },
  };
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}
