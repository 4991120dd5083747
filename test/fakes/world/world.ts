import type { Cluster, ClusterRun } from '#main/cluster/cluster.ts';
import { buildCluster } from '#main/cluster/spec/build-cluster.ts';
import type { Clock } from '#main/engine/clock.ts';
import type { ProbePort } from '#main/cluster/ports.ts';
import type { Json } from '#shared/json.ts';
import { autoClock } from '../clock.ts';
import { notModelled, recordChanges } from './changes.ts';
import { reconcile } from './controllers.ts';
import { fakeDocker } from './docker-port.ts';
import { fakeEtcdPort, type FakeEtcd, hasQuorum } from './etcd-port.ts';
import { emptyInventory, fakeInventory, fakeKubeconfigs, type FakeInventory, fakeSources } from './inventory-port.ts';
import { fakeKeys } from './keys-port.ts';
import { type ApiServers, type FakeKube, fakeKubePort } from './kube-port.ts';
import { digestOf, type FakeMachine, freshMachine } from './machine.ts';
import { fakeMachines } from './machines-port.ts';
import { snapshotOf } from './snapshot.ts';
import { startContainer } from './start-container.ts';
import { emptyVcenter, fakeVsphere, type FakeVcenter } from './vsphere-port.ts';

/** Machines, Docker, etcd, the API and the inventory in memory. All of it outlives the process under test. */
export interface FakeWorld {
  readonly ports: ClusterRun;
  readonly machines: ReadonlyMap<string, FakeMachine>;
  readonly inventory: FakeInventory;
  readonly kube: FakeKube;
  readonly etcd: FakeEtcd;
  readonly vcenter: FakeVcenter;
  /** A firewall drops `port` from one machine to another. */
  block(from: string, to: string, port: number): void;
  /** A machine by its name; throws for one that is not in the cluster. */
  machine(name: string): FakeMachine;
  /** Another world that is as this one is now, with no change made yet. */
  copy(): FakeWorld;
  snapshot(): Json;
  mutations(): readonly string[];
}

/** All that outlives the process under test: plain data. */
interface WorldState {
  readonly machines: ReadonlyMap<string, FakeMachine>;
  readonly inventory: FakeInventory;
  readonly etcd: FakeEtcd;
  readonly objects: FakeKube['objects'];
  readonly blocked: Set<string>;
  readonly vcenter: FakeVcenter;
}

/** Fresh machines that fit, nothing installed. Everything that the cluster layer may call answers as the real thing. */
export function makeWorld(cluster: Cluster, clock: Clock = autoClock()): FakeWorld {
  // '' is what a machine has that we are going to make: vCenter's DHCP gives it one.
  const machines = cluster.machines.map(({ name, internalIp }, index) =>
    freshMachine(name, internalIp || `10.0.9.${String(index + 1)}`, index + 1),
  );
  const state: WorldState = {
    machines: new Map(machines.map((machine) => [machine.name, machine])),
    inventory: emptyInventory(),
    etcd: { members: [], nextId: 0 },
    objects: new Map(),
    blocked: new Set(),
    vcenter: emptyVcenter(),
  };
  return worldOf(cluster, state, clock);
}

function worldOf(cluster: Cluster, state: WorldState, clock: Clock): FakeWorld {
  const { machines, inventory, etcd, objects, blocked, vcenter } = state;
  const changes = recordChanges();
  const kube: FakeKube = { objects, watchers: new Set(), nextUid: objects.size };
  const machine = (name: string): FakeMachine => machines.get(name) ?? notModelled(`the machine ${name}`);
  const reach = (name: string): FakeMachine => {
    const found = machine(name);
    if (found.unreachable) throw found.unreachable;
    return found;
  };

  const servers: ApiServers = {
    notReady: (name) => {
      if (reach(name).containers.get('kube-apiserver')?.running !== true) return 'connection refused';
      return hasQuorum(etcd, machines) ? undefined : 'etcd failed: no leader';
    },
    anyReady: () =>
      [...machines.values()].some((each) => !each.unreachable && servers.notReady(each.name) === undefined),
  };
  const settle = (): void => {
    if (servers.anyReady()) reconcile(kube, [...machines.values()]);
  };

  const isOn = (name: string): boolean => [...vcenter.vms.values()].some((vm) => vm.name === name && vm.poweredOn);
  return {
    machines,
    inventory,
    kube,
    etcd,
    vcenter,
    machine,
    block: (from, to, port) => void blocked.add(`${from} ${to} ${port}`),
    copy: () => worldOf(cluster, structuredClone(state), autoClock()),
    snapshot: () => snapshotOf({ machines, etcd, kube, inventory, vcenter }),
    mutations: () => [...changes.made],
    ports: {
      get cluster() {
        return inventory.vms.size === 0 ? cluster : withRecords(cluster, inventory.vms);
      },
      runId: 'run-1',
      vsphere: fakeVsphere(vcenter, changes, (name) => machine(name).internalIp),
      machines: fakeMachines(reach, changes, isOn),
      docker: fakeDocker(reach, changes, startContainer(etcd, machines, blocked), settle),
      registries: { manifestDigest: async (_machine, image) => digestOf(image) },
      etcd: fakeEtcdPort(etcd, machines, reach, changes),
      kube: fakeKubePort(kube, servers, changes, settle),
      probe: fakeProbe(reach, servers),
      keys: fakeKeys(),
      inventory: fakeInventory(inventory, changes),
      kubeconfigs: fakeKubeconfigs(inventory, changes),
      sources: fakeSources(inventory),
      clock,
    },
  };
}

/** As the API's live cluster does it: what is recorded of a machine that is made changes the cluster. */
function withRecords({ id, name, spec, release, records }: Cluster, made: FakeInventory['vms']): Cluster {
  const document = { apiVersion: 'slipway.dev/v1', kind: 'Cluster', metadata: { name }, spec } as const;
  return buildCluster(id, document, release, new Map([...records, ...made]));
}

const healthPorts: Readonly<Record<string, readonly string[]>> = {
  '2379': ['etcd'],
  '2381': ['etcd'],
  '6443': ['kube-apiserver', 'nginx-proxy'],
  '10248': ['kubelet'],
  '10249': ['kube-proxy'],
  '10250': ['kubelet'],
  '10256': ['kube-proxy'],
  '10257': ['kube-controller-manager'],
  '10259': ['kube-scheduler'],
};

function fakeProbe(reach: (name: string) => FakeMachine, servers: ApiServers): ProbePort {
  return {
    get: async (name, url) => {
      const { port } = new URL(url);
      const names = healthPorts[port] ?? notModelled(`a probe of ${url}`);
      const running = names.find((each) => reach(name).containers.get(each)?.running);
      if (running === undefined) return { status: 0, body: 'connection refused' };
      const needsApi = ['kube-apiserver', 'nginx-proxy'].includes(running);
      return needsApi && !servers.anyReady() ? { status: 502, body: 'no API' } : { status: 200, body: 'ok' };
    },
  };
}
