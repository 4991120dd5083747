import { describe, expect, it } from 'vitest';
import { defaultRbacObjects } from '#main/cluster/access/default-rbac.ts';
import { plannedCertificates } from '#main/cluster/certificates/planned.ts';
import { defaultRbac } from '#main/cluster/phases/default-rbac.ts';
import { clusterOf, everyRole } from '#test/fakes/cluster.ts';
import { runningWorld } from '../addons/running-world.ts';
import { runPhase } from '../phases/run-phase.ts';

const cluster = clusterOf([everyRole]);

describe('the default roles', () => {
  it("give no right to the nodes' group: the Node authorizer gives each kubelet what is its own", () => {
    expect(JSON.stringify(defaultRbacObjects())).not.toContain('system:nodes');
  });

  it('name the user of the certificate with which kube-apiserver calls the kubelets', () => {
    const client = plannedCertificates(cluster).find(({ name }) => name === 'kube-apiserver-kubelet-client');
    const binding = defaultRbacObjects().find(
      ({ metadata }) => metadata.name === 'proxy-role-binding-kubernetes-master',
    );
    expect(binding?.['subjects']).toMatchObject([{ kind: 'User', name: client?.commonName }]);
  });

  it('are bound anew when somebody has bound them to another role', async () => {
    const { ports } = runningWorld(cluster);
    const { signal } = new AbortController();
    await runPhase(defaultRbac, ports, {});
    const ref = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', name: 'job-deployer' };
    const found = await ports.kube.get(ref, signal);
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' };
    await ports.kube.apply(
      { apiVersion: ref.apiVersion, kind: ref.kind, metadata: { name: ref.name }, roleRef },
      signal,
    );
    expect((await runPhase(defaultRbac, ports, {})).outcome).toBe('done');
    const now = await ports.kube.get(ref, signal);
    expect(now?.['roleRef']).toEqual(found?.['roleRef']);
    expect(now?.metadata['uid']).not.toBe(found?.metadata['uid']);
  });
});
