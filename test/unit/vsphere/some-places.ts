import * as v from 'valibot';
import type {
  Choice,
  Cluster,
  Datastore,
  DatastoreCluster,
  EsxiHost,
  Network,
  Places,
  Vm,
} from '#main/vsphere/inventory/choices.ts';
import { NodeTemplate, type NodeTemplateInput } from '#shared/spec/node-template.ts';

const gib = 2 ** 30;

function choice(type: string, path: string): Choice {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return { ref: { type, id: `${type}:${path}` }, name, path, datacenter: { type: 'Datacenter', id: dcId(path) } };
}

const dcId = (path: string): string => `Datacenter:/${path.split('/')[1] ?? ''}`;

export function datastore(path: string, changes: Partial<Datastore> = {}): Datastore {
  const size = { capacityBytes: 1000 * gib, freeBytes: 500 * gib };
  const state = { accessible: true, inMaintenance: false, shared: true };
  return { ...choice('Datastore', path), kind: 'VMFS', ...size, ...state, pod: undefined, ...changes };
}

export function esxiHost(path: string, changes: Partial<EsxiHost> = {}): EsxiHost {
  const cluster = choice('ClusterComputeResource', path.slice(0, path.lastIndexOf('/'))).ref;
  const state = { connected: true, inMaintenance: false, version: '8.0.2' };
  return { ...choice('HostSystem', path), cluster, ...state, ...changes };
}

function network(path: string): Network {
  const none = { switchUuid: undefined, portgroupKey: undefined, opaqueId: undefined, opaqueType: undefined };
  return { ...choice('Network', path), kind: 'standard', ...none };
}

/** Of one datacenter, with one cluster of two hosts. */
function datacenter(dc: string): Places {
  const at = (path: string): string => `/${dc}/${path}`;
  const pod: DatastoreCluster = {
    ...choice('StoragePod', at('datastore/pod')),
    ...{ capacityBytes: 2000 * gib, freeBytes: 900 * gib },
  };
  const datastores = [
    datastore(at('datastore/fast')),
    datastore(at('datastore/other'), { ref: { type: 'Datastore', id: `elsewhere:${dc}` } }),
    datastore(at('datastore/pod/a'), { pod: pod.ref }),
    datastore(at('datastore/pod/b'), { pod: pod.ref, inMaintenance: true }),
  ];
  const networks = [network(at('network/VM Network')), network(at('network/elsewhere'))];
  const root = choice('ResourcePool', at('host/c1/Resources'));
  const cluster: Cluster = {
    ...choice('ClusterComputeResource', at('host/c1')),
    ...{ kind: 'cluster', rootPool: root.ref, hosts: 2, drs: true },
    datastores: datastores.filter(({ name }) => name !== 'other').map(({ ref }) => ref),
    networks: networks.slice(0, 1).map(({ ref }) => ref),
  };
  const pools = [root, choice('ResourcePool', at('host/c1/Resources/k8s'))];
  return {
    datacenters: [{ ...choice('Datacenter', `/${dc}`), datacenter: undefined }],
    folders: [choice('Folder', at('vm')), choice('Folder', at('vm/team'))],
    clusters: [cluster],
    hosts: [esxiHost(at('host/c1/h1')), esxiHost(at('host/c1/h2'))],
    pools: pools.map((pool) => ({ ...pool, cluster: cluster.ref })),
    datastores,
    datastoreClusters: [pod],
    networks,
  };
}

export function placesOf(...datacenters: readonly string[]): Places {
  const all = datacenters.map(datacenter);
  return {
    datacenters: all.flatMap((one) => one.datacenters),
    folders: all.flatMap((one) => one.folders),
    clusters: all.flatMap((one) => one.clusters),
    hosts: all.flatMap((one) => one.hosts),
    pools: all.flatMap((one) => one.pools),
    datastores: all.flatMap((one) => one.datastores),
    datastoreClusters: all.flatMap((one) => one.datastoreClusters),
    networks: all.flatMap((one) => one.networks),
  };
}

export function vm(path: string, changes: Partial<Vm> = {}): Vm {
  return { ...choice('VirtualMachine', path), template: true, ...changes };
}

export function template(changes: Partial<NodeTemplateInput> = {}): NodeTemplate {
  return v.parse(NodeTemplate, {
    name: 'small',
    source: { vm: 'debian-13' },
    pool: 'k8s',
    datastore: 'fast',
    networks: [{ network: 'VM Network' }],
    ...changes,
  });
}
