import type { Cluster } from '../cluster.ts';
import type { KubeObject } from '../ports.ts';
import { systemImage } from '../releases/images.ts';
import { sha256Hex } from '../sha256.ts';
import { namespace } from './deploy-job.ts';
import { type Manifest, manifestOf } from './manifest.ts';

const account = 'flannel';
const labels = { 'k8s-app': 'flannel' };
/** RKE's defaults (rke-reference 9.4). The VNI is part of the VXLAN device's name on each node (`flannel.1`). */
const vni = 1;

/**
 * flannel with its VXLAN backend, after flannel's own manifest and RKE's names. It reaches the API at 127.0.0.1:6443
 * (kube-apiserver or nginx-proxy is on every machine), so it starts before kube-proxy has set up the service network.
 */
export function flannel(cluster: Cluster): Manifest {
  const config = configMap(cluster);
  const objects = [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: account, namespace } },
    clusterRole,
    clusterRoleBinding,
    config,
    daemonSet(cluster, sha256Hex(JSON.stringify(config['data']))),
  ];
  return manifestOf('rke-network-plugin', 'flannel', objects, 'warn');
}

const clusterRole: KubeObject = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name: account },
  rules: [
    { apiGroups: [''], resources: ['pods'], verbs: ['get'] },
    { apiGroups: [''], resources: ['nodes'], verbs: ['get', 'list', 'watch'] },
    { apiGroups: [''], resources: ['nodes/status'], verbs: ['patch'] },
  ],
};

const clusterRoleBinding: KubeObject = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  metadata: { name: account },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: account },
  subjects: [{ kind: 'ServiceAccount', name: account, namespace }],
};

function configMap({ spec }: Cluster): KubeObject {
  const { podCidr, vxlanPort, mtu } = spec.network;
  const cni = {
    name: 'cbr0',
    cniVersion: '0.3.1',
    plugins: [
      { type: 'flannel', delegate: { hairpinMode: true, isDefaultGateway: true } },
      { type: 'portmap', capabilities: { portMappings: true } },
    ],
  };
  const backend = { Type: 'vxlan', VNI: vni, Port: vxlanPort, ...(mtu === 0 ? {} : { MTU: mtu }) };
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'kube-flannel-cfg', namespace, labels },
    data: {
      'cni-conf.json': JSON.stringify(cni, undefined, 2),
      'net-conf.json': JSON.stringify({ Network: podCidr, Backend: backend }, undefined, 2),
    },
  };
}

function daemonSet(cluster: Cluster, configHash: string): KubeObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'kube-flannel', namespace, labels },
    spec: {
      selector: { matchLabels: labels },
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '20%' } },
      template: {
        // flanneld reads its configuration at its start only.
        metadata: { labels, annotations: { 'slipway.dev/config-hash': configHash } },
        spec: {
          hostNetwork: true,
          priorityClassName: 'system-node-critical',
          serviceAccountName: account,
          // The node stays NotReady until this very pod has done its work.
          tolerations: [{ operator: 'Exists' }],
          nodeSelector: { 'kubernetes.io/os': 'linux' },
          initContainers: [installPlugins(cluster)],
          containers: [flanneld(cluster)],
          volumes: [
            { name: 'run', hostPath: { path: '/run/flannel', type: 'DirectoryOrCreate' } },
            { name: 'cni-bin', hostPath: { path: '/opt/cni/bin', type: 'DirectoryOrCreate' } },
            { name: 'cni-conf', hostPath: { path: '/etc/cni/net.d', type: 'DirectoryOrCreate' } },
            { name: 'flannel-cfg', configMap: { name: 'kube-flannel-cfg' } },
            { name: 'xtables-lock', hostPath: { path: '/run/xtables.lock', type: 'FileOrCreate' } },
          ],
        },
      },
    },
  };
}

/** Copy beside and rename: containerd may execute a plugin at this moment. */
const copyPlugins = [
  'cd /opt/cni/bin || exit 1',
  'for plugin in *; do',
  '  cp -f "$plugin" "/host/opt/cni/bin/.$plugin.new" || exit 1',
  '  mv -f "/host/opt/cni/bin/.$plugin.new" "/host/opt/cni/bin/$plugin" || exit 1',
  'done',
].join('\n');

function installPlugins(cluster: Cluster) {
  return {
    name: 'install-cni-plugins',
    image: systemImage(cluster, 'cniPlugins'),
    imagePullPolicy: 'IfNotPresent',
    command: ['sh', '-c', copyPlugins],
    volumeMounts: [{ name: 'cni-bin', mountPath: '/host/opt/cni/bin' }],
  };
}

/**
 * The CNI configuration makes the kubelet report Ready, so it comes when flanneld has brought the overlay up and not
 * before: pods that start in between fail for want of subnet.env, and the kubelet tries those again only after ten
 * seconds and more. A hook that fails starts the container anew.
 */
const installConfiguration = [
  'left=600',
  'until [ -s /run/flannel/subnet.env ]; do',
  '  left=$((left - 1)); [ $left -gt 0 ] || { echo "flanneld wrote no /run/flannel/subnet.env"; exit 1; }',
  '  sleep 0.2',
  'done',
  'cd /etc/cni/net.d || exit 1',
  'cp -f /etc/kube-flannel/cni-conf.json .10-flannel.conflist.new && mv -f .10-flannel.conflist.new 10-flannel.conflist',
].join('\n');

function flanneld(cluster: Cluster) {
  return {
    name: 'kube-flannel',
    image: systemImage(cluster, 'flannel'),
    imagePullPolicy: 'IfNotPresent',
    command: ['/opt/bin/flanneld'],
    // The interface of the node's internal address: the default route may lead elsewhere.
    args: ['--ip-masq', '--kube-subnet-mgr', '--iface=$(NODE_IP)'],
    resources: { requests: { cpu: '100m', memory: '50Mi' } },
    securityContext: { privileged: false, capabilities: { add: ['NET_ADMIN', 'NET_RAW'] } },
    env: [
      { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      { name: 'POD_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
      { name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
      { name: 'NODE_IP', valueFrom: { fieldRef: { fieldPath: 'status.hostIP' } } },
      { name: 'EVENT_QUEUE_DEPTH', value: '5000' },
      { name: 'KUBERNETES_SERVICE_HOST', value: '127.0.0.1' },
      { name: 'KUBERNETES_SERVICE_PORT', value: '6443' },
    ],
    lifecycle: { postStart: { exec: { command: ['sh', '-c', installConfiguration] } } },
    // flanneld writes it when the overlay is up. A startup probe: asked until it is there, never again.
    startupProbe: {
      exec: { command: ['sh', '-c', 'test -s /run/flannel/subnet.env'] },
      periodSeconds: 1,
      timeoutSeconds: 5,
      failureThreshold: 120,
    },
    volumeMounts: [
      { name: 'run', mountPath: '/run/flannel' },
      { name: 'cni-conf', mountPath: '/etc/cni/net.d' },
      { name: 'flannel-cfg', mountPath: '/etc/kube-flannel', readOnly: true },
      { name: 'xtables-lock', mountPath: '/run/xtables.lock' },
    ],
  };
}
