/** Where the files of file-deployer are, on the machine and in the containers alike. */
export const configPaths = {
  authnWebhook: '/etc/kubernetes/kube-api-authn-webhook.yaml',
  auditPolicy: '/etc/kubernetes/audit-policy.yaml',
  admission: '/etc/kubernetes/admission.yaml',
  encryption: '/etc/kubernetes/encryption.yaml',
  kubelet: '/etc/kubernetes/kubelet-config.yaml',
  kubeProxy: '/etc/kubernetes/kube-proxy-config.yaml',
  /** A folder of its own: nginx-proxy must not see the keys next door. */
  nginxFolder: '/etc/kubernetes/nginx-proxy',
  nginx: '/etc/kubernetes/nginx-proxy/nginx.conf',
} as const;
