import { describe, expect, it } from 'vitest';
import { addonsOf, nodesOf, versionOf } from '#main/api/clusters/health-of-objects.ts';
import type { KubeObject } from '#main/cluster/ports.ts';

function node(name: string, role: string, version: string, status: object, spec: object = {}): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { [`node-role.kubernetes.io/${role}`]: 'true', other: 'x' } },
    spec: { ...spec },
    status: {
      nodeInfo: { kubeletVersion: version },
      addresses: [{ type: 'InternalIP', address: '192.0.2.1' }],
      ...status,
    },
  };
}
const ready = { conditions: [{ type: 'Ready', status: 'True', message: 'kubelet is posting ready status' }] };

describe('what the objects of a cluster say', () => {
  it('is one row per node and machine, with the problems in the cluster’s own words', () => {
    const conditions = [
      { type: 'Ready', status: 'False', message: 'network not ready' },
      { type: 'DiskPressure', status: 'True', message: 'disk is full' },
    ];
    const nodes = [
      node('b', 'worker', 'v1.36.3', { conditions }, { unschedulable: true }),
      node('a', 'controlplane', 'v1.36.3', ready),
    ];
    const missing = {
      name: 'c',
      address: '192.0.2.3',
      internalIp: '192.0.2.3',
      roles: ['worker' as const],
      labels: {},
      taints: [],
    };
    expect(nodesOf(nodes, [missing])).toEqual([
      { name: 'a', ready: true, roles: ['controlplane'], version: 'v1.36.3', address: '192.0.2.1', problems: [] },
      {
        name: 'b',
        ready: false,
        roles: ['worker'],
        version: 'v1.36.3',
        address: '192.0.2.1',
        problems: ['network not ready', 'DiskPressure: disk is full', 'It takes no new pods (cordoned).'],
      },
      {
        name: 'c',
        ready: false,
        roles: ['worker'],
        version: '',
        address: '192.0.2.3',
        problems: ['It is no node of the cluster.'],
      },
    ]);
  });

  it('has the version that the whole control plane has reached', () => {
    const versions = ['v1.36.10', 'v1.36.9'].map((version, n) => node(`c${n}`, 'controlplane', version, ready));
    expect(versionOf([...versions, node('w', 'worker', 'v1.35.0', ready)])).toBe('v1.36.9');
    expect(versionOf([])).toBeUndefined();
  });

  it('counts the pods of add-ons', () => {
    const metadata = { name: 'coredns', namespace: 'kube-system' };
    const deployment = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: { replicas: 2 },
      status: { availableReplicas: 1 },
    };
    const daemons = {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { ...metadata, name: 'a-flannel' },
      status: { desiredNumberScheduled: 3 },
    };
    expect(addonsOf([deployment, daemons], [])).toEqual([
      { name: 'a-flannel', namespace: 'kube-system', wanted: 3, available: 0 },
      { name: 'coredns', namespace: 'kube-system', wanted: 2, available: 1 },
    ]);
  });

  it('counts workloads of one name together, and a pod at least for one that is recorded and gone', () => {
    const metadata = { name: 'shop', namespace: 'shop' };
    const of = (kind: string, replicas: number): KubeObject => ({
      apiVersion: 'apps/v1',
      kind,
      metadata,
      spec: { replicas },
      status: { availableReplicas: replicas },
    });
    const gone = { apiVersion: 'apps/v1', kind: 'DaemonSet', ...metadata };
    const elsewhere = { ...gone, namespace: 'a-shop' };
    expect(addonsOf([of('Deployment', 2), of('StatefulSet', 3)], [gone, elsewhere])).toEqual([
      { name: 'shop', namespace: 'a-shop', wanted: 1, available: 0 },
      { name: 'shop', namespace: 'shop', wanted: 6, available: 5 },
    ]);
  });
});
