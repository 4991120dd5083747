/** The smallest spec there is: one own machine for everything. */
export const exampleSpec = `apiVersion: slipway.dev/v1
kind: Cluster
metadata: { name: home }
spec:
  ssh: { user: root, auth: { kind: agent } }
  machines:
    - { name: node-1, address: 192.0.2.11, roles: [etcd, controlplane, worker] }
`;
