import type { KubeObject } from '../ports.ts';

/** Service account of the add-on jobs, in kube-system. */
export const jobDeployer = 'rke-job-deployer';

/** Common name of the certificate with which kube-apiserver calls the kubelets. */
export const apiserverKubeletUser = 'kube-apiserver';

const rbac = 'rbac.authorization.k8s.io';

/**
 * What RKE makes itself once the control plane is healthy (rke-reference section 8), with today's rights: no binding of
 * the group system:nodes to the role system:node, because the Node authorizer gives each kubelet what concerns its own
 * node, and that binding would give each of them every Secret of the cluster (weakness E1).
 */
export function defaultRbacObjects(): readonly KubeObject[] {
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: jobDeployer, namespace: 'kube-system', labels } },
    binding('job-deployer', 'cluster-admin', { kind: 'ServiceAccount', name: jobDeployer, namespace: 'kube-system' }),
    {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRole',
      metadata: { name: 'proxy-clusterrole-kubeapiserver', labels },
      rules: [
        {
          apiGroups: [''],
          resources: ['configz', 'healthz', 'log', 'metrics', 'pods', 'proxy', 'spec', 'stats'].map(
            (part) => `nodes/${part}`,
          ),
          verbs: ['get', 'list', 'watch', 'create'],
        },
      ],
    },
    binding('proxy-role-binding-kubernetes-master', 'proxy-clusterrole-kubeapiserver', {
      apiGroup: rbac,
      kind: 'User',
      name: apiserverKubeletUser,
    }),
  ];
}

const labels = { 'app.kubernetes.io/managed-by': 'slipway' };

function binding(name: string, role: string, subject: Readonly<Record<string, string>>): KubeObject {
  return {
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name, labels },
    roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: role },
    subjects: [subject],
  };
}
