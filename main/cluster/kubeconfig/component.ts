import { stringify } from 'yaml';
import { sslFolder } from '../certificates/names.ts';

/**
 * The kubeconfig of a component, as RKE wrote it (rke-reference.md 4.4): 127.0.0.1:6443 is the API server itself on a
 * control plane and nginx-proxy elsewhere, so one file fits all machines.
 */
export function componentKubeconfig(component: string): string {
  const user = `${component}-local`;
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: 'local',
        cluster: { server: 'https://127.0.0.1:6443', 'certificate-authority': `${sslFolder}/kube-ca.pem` },
      },
    ],
    users: [
      {
        name: user,
        user: {
          'client-certificate': `${sslFolder}/${component}.pem`,
          'client-key': `${sslFolder}/${component}-key.pem`,
        },
      },
    ],
    contexts: [{ name: 'local', context: { cluster: 'local', user } }],
    'current-context': 'local',
  });
}
