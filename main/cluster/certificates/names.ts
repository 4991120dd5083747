/** Names of certificates in the inventory. As RKE calls them where it has one; per-machine ones end in its name. */
export const certificateNames = {
  ca: 'kube-ca',
  /** Not `kube-etcd-…`: that prefix belongs to members, and a machine may be called "ca". */
  etcdCa: 'etcd-ca',
  requestHeaderCa: 'kube-apiserver-requestheader-ca',
  apiserver: 'kube-apiserver',
  apiserverEtcd: 'kube-apiserver-etcd-client',
  apiserverKubelet: 'kube-apiserver-kubelet-client',
  proxyClient: 'kube-apiserver-proxy-client',
  controllerManager: 'kube-controller-manager',
  scheduler: 'kube-scheduler',
  kubeProxy: 'kube-proxy',
  admin: 'kube-admin',
  metricsServer: 'metrics-server',
  /** For health checks and snapshots. */
  etcdClient: 'etcd-client',
  node: (machine: string) => `kube-node-${machine}`,
  kubelet: (machine: string) => `kube-kubelet-${machine}`,
  etcdMember: (machine: string) => `kube-etcd-${machine}`,
} as const;

/** Keys in the inventory that are no certificate. */
export const secretNames = {
  /** RSA private key, PEM: signs service account tokens. Its own, not the API server's (RKE shared that). */
  serviceAccount: 'kube-service-account-token',
  /** 32 random bytes, base64. */
  encryption: 'secrets-encryption',
  /** JSON: the etcd machines of the first start. Kept here because only the inventory outlives a crash. */
  etcdBootstrap: 'etcd-bootstrap',
} as const;

export const sslFolder = '/etc/kubernetes/ssl';
