/**
 * The arguments that we give each component, as rows of a table. `{name}` stands for a value that the planes compute
 * from the cluster; a row whose value the planes leave out (no audit, no webhook) is not passed.
 * Sources: rke-reference.md 7.2 and 13.5 for 1.17–1.31, market.md 5.5 and 5.7 for what must be gone by when.
 */

export type Component = 'etcd' | 'kubeApiserver' | 'kubeControllerManager' | 'kubeScheduler' | 'kubelet' | 'kubeProxy';

export interface FlagRow {
  readonly flag: string;
  readonly value: string;
  /** First minor that gets it. */
  readonly from?: string;
  /** First minor that no longer gets it. */
  readonly until?: string;
}

/** Order is the order on the command line. `[flag, value, from?, until?]`, `''` = no bound. */
type Row = readonly [flag: string, value: string, from?: string, until?: string];

/** rke-reference.md 7.2, "List A": forward secrecy only. TLS 1.3 suites are not configurable. */
export const tlsCipherSuites = [
  'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
  'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384',
  'TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256',
  'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
  'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384',
  'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256',
];
/** Go knew the CHACHA20 suites without the hash's name until 1.14, and Kubernetes 1.17 is older than that. */
const tlsCipherSuites117 = tlsCipherSuites.map((suite) => suite.replace('POLY1305_SHA256', 'POLY1305'));

const admission117 = [
  'NamespaceLifecycle',
  'LimitRanger',
  'ServiceAccount',
  'DefaultStorageClass',
  'DefaultTolerationSeconds',
  'MutatingAdmissionWebhook',
  'ValidatingAdmissionWebhook',
  'ResourceQuota',
  'NodeRestriction',
  'Priority',
  'TaintNodesByCondition',
  'PersistentVolumeClaimResize',
];

const etcd: readonly Row[] = [
  ['name', 'etcd-{name}'],
  ['data-dir', '/var/lib/rancher/etcd/'],
  ['listen-client-urls', 'https://{ip}:2379,https://127.0.0.1:2379'],
  ['listen-peer-urls', 'https://{ip}:2380'],
  ['advertise-client-urls', 'https://{ip}:2379'],
  ['initial-advertise-peer-urls', 'https://{ip}:2380'],
  ['initial-cluster', '{initialCluster}'],
  ['initial-cluster-token', 'etcd-cluster-1'],
  ['initial-cluster-state', '{initialClusterState}'],
  ['trusted-ca-file', '{ssl}/{etcdCa}.pem'],
  ['cert-file', '{ssl}/{etcdCert}.pem'],
  ['key-file', '{ssl}/{etcdCert}-key.pem'],
  ['client-cert-auth', 'true'],
  ['peer-trusted-ca-file', '{ssl}/{etcdCa}.pem'],
  ['peer-cert-file', '{ssl}/{etcdCert}.pem'],
  ['peer-key-file', '{ssl}/{etcdCert}-key.pem'],
  ['peer-client-cert-auth', 'true'],
  ['heartbeat-interval', '500'],
  ['election-timeout', '5000'],
  ['listen-metrics-urls', 'http://127.0.0.1:2381'],
  // etcd's own default of 2 GiB ends in a read-only cluster; 8 GiB is the most that its documentation advises.
  ['quota-backend-bytes', '8589934592'],
  ['cipher-suites', 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384', '1.18'],
  ['enable-v2', 'true', '', '1.22'],
  // `experimental-*` became feature gates in etcd 3.6, which comes with 1.34.
  ['feature-gates', 'InitialCorruptCheck=true', '1.34'],
];

const kubeApiserver: readonly Row[] = [
  ['advertise-address', '{ip}'],
  ['bind-address', '0.0.0.0'],
  ['secure-port', '6443'],
  ['insecure-port', '0', '', '1.24'],
  ['allow-privileged', 'true'],
  ['anonymous-auth', 'false'],
  ['authorization-mode', 'Node,RBAC'],
  ['admission-control-config-file', '/etc/kubernetes/admission.yaml'],
  ['enable-admission-plugins', admission117.join(','), '', '1.25'],
  // From here on the rest is on by default; naming it would only freeze an old list.
  ['enable-admission-plugins', 'NodeRestriction', '1.25'],
  ['client-ca-file', '{ssl}/{ca}.pem'],
  ['tls-cert-file', '{ssl}/{apiserver}.pem'],
  ['tls-private-key-file', '{ssl}/{apiserver}-key.pem'],
  ['tls-min-version', 'VersionTLS12'],
  ['tls-cipher-suites', tlsCipherSuites117.join(','), '', '1.20'],
  ['tls-cipher-suites', tlsCipherSuites.join(','), '1.20'],
  ['etcd-servers', '{etcdServers}'],
  ['etcd-prefix', '/registry'],
  ['etcd-cafile', '{ssl}/{etcdCa}.pem'],
  ['etcd-certfile', '{ssl}/{apiserverEtcd}.pem'],
  ['etcd-keyfile', '{ssl}/{apiserverEtcd}-key.pem'],
  ['storage-backend', 'etcd3'],
  ['kubelet-certificate-authority', '{ssl}/{ca}.pem'],
  ['kubelet-client-certificate', '{ssl}/{apiserverKubelet}.pem'],
  ['kubelet-client-key', '{ssl}/{apiserverKubelet}-key.pem'],
  ['kubelet-preferred-address-types', 'InternalIP,ExternalIP,Hostname'],
  ['proxy-client-cert-file', '{ssl}/{proxyClient}.pem'],
  ['proxy-client-key-file', '{ssl}/{proxyClient}-key.pem'],
  ['requestheader-client-ca-file', '{ssl}/{requestHeaderCa}.pem'],
  // 1.35 enforces it; a name list keeps certificates of that CA from passing for the aggregator.
  ['requestheader-allowed-names', 'kube-apiserver-proxy-client'],
  ['requestheader-extra-headers-prefix', 'X-Remote-Extra-'],
  ['requestheader-group-headers', 'X-Remote-Group'],
  ['requestheader-username-headers', 'X-Remote-User'],
  ['service-account-key-file', '{ssl}/{serviceAccount}-key.pem'],
  ['service-account-signing-key-file', '{ssl}/{serviceAccount}-key.pem', '1.20'],
  ['service-account-issuer', 'https://kubernetes.default.svc.{domain}', '1.20'],
  ['service-account-lookup', 'true'],
  ['service-cluster-ip-range', '{serviceCidr}'],
  ['service-node-port-range', '30000-32767'],
  ['profiling', 'false'],
  ['runtime-config', 'authorization.k8s.io/v1beta1=true', '', '1.22'],
  ['cloud-provider', '', '', '1.29'],
  ['encryption-provider-config', '{encryptionConfig}'],
  ['audit-policy-file', '{auditPolicy}'],
  ['audit-log-path', '{auditLog}'],
  ['audit-log-format', '{auditFormat}'],
  ['audit-log-maxage', '{auditMaxAge}'],
  ['audit-log-maxbackup', '{auditMaxBackups}'],
  ['audit-log-maxsize', '{auditMaxSize}'],
  ['authentication-token-webhook-config-file', '{authnWebhook}'],
  ['authentication-token-webhook-cache-ttl', '{authnWebhookTtl}'],
];

const kubeControllerManager: readonly Row[] = [
  ['kubeconfig', '{ssl}/kubecfg-{controllerManager}.yaml'],
  ['authentication-kubeconfig', '{ssl}/kubecfg-{controllerManager}.yaml', '1.22'],
  ['authorization-kubeconfig', '{ssl}/kubecfg-{controllerManager}.yaml', '1.22'],
  // It starts beside kube-apiserver. Without this it ends when that is not there yet, and Docker's growing pauses
  // between restarts make the control plane late. Who may ask it is settled by the CA files, not by the lookup.
  ['authentication-tolerate-lookup-failure', 'true'],
  ['client-ca-file', '{ssl}/{ca}.pem'],
  ['requestheader-client-ca-file', '{ssl}/{requestHeaderCa}.pem'],
  ['requestheader-allowed-names', 'kube-apiserver-proxy-client'],
  // On loopback only; RKE opened it to the network.
  ['address', '127.0.0.1', '', '1.23'],
  ['bind-address', '127.0.0.1'],
  ['tls-cert-file', '{ssl}/{controllerManager}.pem'],
  ['tls-private-key-file', '{ssl}/{controllerManager}-key.pem'],
  ['leader-elect', 'true'],
  ['use-service-account-credentials', 'true'],
  ['root-ca-file', '{ssl}/{ca}.pem'],
  ['service-account-private-key-file', '{ssl}/{serviceAccount}-key.pem'],
  // Without these an approved CertificateSigningRequest never gets its certificate (RKE left them out).
  ['cluster-signing-cert-file', '{ssl}/{ca}.pem'],
  ['cluster-signing-key-file', '{ssl}/{ca}-key.pem'],
  ['allocate-node-cidrs', 'true'],
  ['cluster-cidr', '{podCidr}'],
  ['node-cidr-mask-size', '{nodeCidrBits}'],
  ['service-cluster-ip-range', '{serviceCidr}'],
  ['configure-cloud-routes', 'false', '', '1.29'],
  ['allow-untagged-cloud', 'true', '', '1.29'],
  ['enable-hostpath-provisioner', 'false'],
  ['node-monitor-grace-period', '40s', '', '1.32'],
  ['pod-eviction-timeout', '5m0s', '', '1.27'],
  ['terminated-pod-gc-threshold', '1000'],
  ['profiling', 'false'],
  ['cloud-provider', '', '', '1.29'],
  ['v', '2'],
];

const kubeScheduler: readonly Row[] = [
  ['kubeconfig', '{ssl}/kubecfg-{scheduler}.yaml'],
  ['authentication-kubeconfig', '{ssl}/kubecfg-{scheduler}.yaml', '1.22'],
  ['authorization-kubeconfig', '{ssl}/kubecfg-{scheduler}.yaml', '1.22'],
  ['address', '127.0.0.1', '', '1.23'],
  ['bind-address', '127.0.0.1'],
  ['tls-cert-file', '{ssl}/{scheduler}.pem'],
  ['tls-private-key-file', '{ssl}/{scheduler}-key.pem'],
  ['leader-elect', 'true'],
  ['profiling', 'false'],
  ['v', '2'],
];

const kubelet: readonly Row[] = [
  ['config', '/etc/kubernetes/kubelet-config.yaml', '1.24'],
  ['kubeconfig', '{ssl}/kubecfg-kube-node.yaml'],
  ['hostname-override', '{name}'],
  ['node-ip', '{ip}'],
  // Until the kubelet's configuration file carries all of it, flags do.
  ['register-with-taints', '{taints}', '', '1.24'],
  ['client-ca-file', '{ssl}/{ca}.pem', '', '1.24'],
  ['tls-cert-file', '{ssl}/{kubeletServing}.pem', '', '1.24'],
  ['tls-private-key-file', '{ssl}/{kubeletServing}-key.pem', '', '1.24'],
  ['tls-cipher-suites', tlsCipherSuites117.join(','), '', '1.24'],
  ['cluster-dns', '{dnsIp}', '', '1.24'],
  ['cluster-domain', '{domain}', '', '1.24'],
  ['address', '{ip}', '', '1.24'],
  ['anonymous-auth', 'false', '', '1.24'],
  ['authentication-token-webhook', 'true', '', '1.24'],
  ['authorization-mode', 'Webhook', '', '1.24'],
  ['cgroup-driver', '{cgroupDriver}', '', '1.24'],
  ['cgroups-per-qos', 'True', '', '1.24'],
  ['cloud-provider', '', '', '1.24'],
  ['cni-bin-dir', '/opt/cni/bin', '', '1.24'],
  ['cni-conf-dir', '/etc/cni/net.d', '', '1.24'],
  ['network-plugin', 'cni', '', '1.24'],
  ['pod-infra-container-image', '{pauseImage}', '', '1.24'],
  ['event-qps', '0', '', '1.24'],
  ['fail-swap-on', 'false', '', '1.24'],
  ['make-iptables-util-chains', 'true', '', '1.24'],
  ['read-only-port', '0', '', '1.24'],
  ['resolv-conf', '{resolvConf}', '', '1.24'],
  ['root-dir', '/var/lib/kubelet', '', '1.24'],
  ['streaming-connection-idle-timeout', '30m', '', '1.24'],
  ['volume-plugin-dir', '/var/lib/kubelet/volumeplugins', '', '1.24'],
  ['v', '2'],
];

const kubeProxy: readonly Row[] = [
  ['config', '/etc/kubernetes/kube-proxy-config.yaml', '1.24'],
  ['hostname-override', '{name}'],
  ['cluster-cidr', '{podCidr}', '', '1.24'],
  ['kubeconfig', '{ssl}/kubecfg-kube-proxy.yaml', '', '1.24'],
  ['healthz-bind-address', '127.0.0.1', '', '1.24'],
  ['v', '2'],
];

export const flagRows: Readonly<Record<Component, readonly FlagRow[]>> = {
  etcd: etcd.map(flagRow),
  kubeApiserver: kubeApiserver.map(flagRow),
  kubeControllerManager: kubeControllerManager.map(flagRow),
  kubeScheduler: kubeScheduler.map(flagRow),
  kubelet: kubelet.map(flagRow),
  kubeProxy: kubeProxy.map(flagRow),
};

function flagRow([flag, value, from, until]: Row): FlagRow {
  return { flag, value, ...(from ? { from } : {}), ...(until ? { until } : {}) };
}
