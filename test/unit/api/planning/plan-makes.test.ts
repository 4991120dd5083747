import { describe, expect, it } from 'vitest';
import { makesOf } from '#main/api/planning/plan-makes.ts';
import { imagesOf } from '#main/cluster/nodes/images-of-machine.ts';
import { planCreate } from '#main/cluster/operations/create.ts';
import { proposeRecords } from '#main/cluster/provision/propose.ts';
import { findRelease } from '#main/cluster/releases/catalogue.ts';
import { buildCluster } from '#main/cluster/spec/build-cluster.ts';
import { parseSpec } from '#main/cluster/spec/parse-spec.ts';
import type { StepForecast } from '#main/engine/preview.ts';

const spec = parseSpec({
  apiVersion: 'slipway.dev/v1',
  kind: 'Cluster',
  metadata: { name: 'home' },
  spec: {
    vsphere: { credential: 'lab' },
    templates: [
      {
        name: 'small',
        source: { vm: 'debian' },
        folder: '/DC0/vm/team',
        networks: [{ network: 'LAN', addresses: { kind: 'static', ranges: ['192.0.2.10-192.0.2.20'], prefix: 24 } }],
      },
    ],
    machines: [{ name: 'given', address: '192.0.2.1', roles: ['etcd', 'controlplane'] }],
    pools: [{ name: 'work', template: 'small', count: 2, roles: ['worker'] }],
    api: { authnWebhook: 'vault:webhook' },
    registries: [{ server: 'r.example', ca: 'PEM', mirrorOf: ['docker.io'] }],
    addons: [{ from: 'inline', name: 'mine', yaml: 'kind: ConfigMap' }],
  },
});
const records = proposeRecords('c-home1', spec, new Map(), new Set());
const cluster = buildCluster('c-home1', spec, findRelease('v1.36.3'), records);
const { steps } = planCreate(cluster, { joined: new Set() });
const all = steps.map((step): StepForecast => ({ kind: 'after', step, behind: [] }));

describe('what a run makes', () => {
  const makes = makesOf(cluster, all);
  const on = <T extends { readonly machine: string }>(list: readonly T[], machine: string) =>
    list.filter((one) => one.machine === machine);

  it('are the VMs of pools with the addresses that they will get, and no given machine', () => {
    expect(makes.vms).toEqual([
      { name: 'home-work-1', pool: 'work', template: 'small', address: '192.0.2.10' },
      { name: 'home-work-2', pool: 'work', template: 'small', address: '192.0.2.11' },
    ]);
  });

  it('are the containers of each machine for its roles, from the images that it pulls', () => {
    expect(on(makes.containers, 'given').map(({ name }) => name)).toEqual([
      ...['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubelet', 'kube-proxy'],
    ]);
    expect(on(makes.containers, 'home-work-1').map(({ name }) => name)).toEqual([
      'nginx-proxy',
      'kubelet',
      'kube-proxy',
    ]);
    for (const machine of cluster.machines) {
      const images = new Set(on(makes.containers, machine.name).map(({ image }) => image));
      expect(imagesOf(cluster, machine).docker).toEqual(expect.arrayContaining([...images]));
    }
  });

  it('are the files of each machine, and a worker gets none of the keys of a control plane', () => {
    const paths = (machine: string) => on(makes.files, machine).map(({ path }) => path);
    expect(paths('given')).toEqual(
      expect.arrayContaining([
        '/etc/slipway/node.json',
        '/etc/docker/daemon.json',
        '/etc/docker/certs.d/r.example/ca.crt',
        '/etc/kubernetes/ssl/kube-ca-key.pem',
        '/etc/kubernetes/ssl/kube-etcd-given.pem',
        '/etc/kubernetes/kube-api-authn-webhook.yaml',
        '/etc/kubernetes/encryption.yaml',
      ]),
    );
    expect(paths('home-work-1')).toContain('/etc/kubernetes/nginx-proxy/nginx.conf');
    expect(paths('home-work-1').filter((path) => /ca-key|etcd|apiserver|encryption/.test(path))).toEqual([]);
  });

  it('are objects in vCenter and in the cluster', () => {
    expect(makes.other).toEqual([
      'tag slipway-cluster/c-home1',
      'folder /DC0/vm/team, if it is not there',
      'CD-ROM image slipway-c-home1/home-work-1.iso, until the first boot is over',
      'CD-ROM image slipway-c-home1/home-work-2.iso, until the first boot is over',
      'rule slipway home work (c-home1)',
      'network plugin flannel',
      'add-on coredns',
      'add-on metrics-server',
      'add-on mine',
      'kubeconfig of home in the inventory',
    ]);
  });

  it('are nothing where all is there as wanted', () => {
    const made = new Map([...records].map(([name, record]) => [name, { ...record, cloned: true, booted: true }]));
    const there = buildCluster('c-home1', spec, findRelease('v1.36.3'), made);
    const already = steps.map((step): StepForecast => ({ kind: 'already', step, reason: '' }));
    expect(makesOf(there, already)).toEqual({ vms: [], containers: [], files: [], other: [] });
  });
});
