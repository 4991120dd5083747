import { type Cluster, type Machine, machinesWith } from '../cluster.ts';

export type Protocol = 'tcp' | 'udp';

/** A port on which a machine will be asked, and the component that will answer there. */
export interface ListenedPort {
  readonly protocol: Protocol;
  readonly port: number;
  /** Name of the container that has the port once the planes run. */
  readonly component: 'etcd' | 'kube-apiserver' | 'kubelet';
}

/** One connection that the cluster needs, by machine names. */
export interface PortPair extends ListenedPort {
  readonly from: string;
  readonly to: string;
  readonly purpose: string;
}

/** Up to so many machines every pair is checked; beyond it each machine has a bounded number of partners. */
const everyPairUpTo = 10;
const everyKubeletUpTo = 50;

export function listenedPorts({ spec }: Cluster, machine: Machine): readonly ListenedPort[] {
  const ports: ListenedPort[] = [];
  if (machine.roles.includes('etcd')) {
    ports.push({ protocol: 'tcp', port: 2379, component: 'etcd' }, { protocol: 'tcp', port: 2380, component: 'etcd' });
  }
  if (machine.roles.includes('controlplane')) {
    ports.push({ protocol: 'tcp', port: 6443, component: 'kube-apiserver' });
  }
  ports.push({ protocol: 'tcp', port: 10250, component: 'kubelet' });
  if (spec.network.plugin === 'flannel') {
    // The kernel has this port once flannel's pod runs, which the kubelet starts.
    ports.push({ protocol: 'udp', port: spec.network.vxlanPort, component: 'kubelet' });
  }
  return ports;
}

/**
 * The full matrix (rke-reference.md 3.3) and what RKE left out of it: etcd to etcd with one member more, etcd-only
 * machines to the control plane, kubelets on all machines, the overlay's UDP. Sorted, without a machine to itself.
 */
export function portPairs(cluster: Cluster): readonly PortPair[] {
  const { machines } = cluster;
  const etcd = machinesWith(cluster, 'etcd');
  const control = machinesWith(cluster, 'controlplane');
  const pairs = [
    ...between(etcd, etcd, { port: 2379, component: 'etcd', purpose: 'etcd to etcd' }),
    ...between(etcd, etcd, { port: 2380, component: 'etcd', purpose: 'etcd to etcd' }),
    ...between(control, etcd, { port: 2379, component: 'etcd', purpose: 'kube-apiserver to etcd' }),
    ...between(machines, control, { port: 6443, component: 'kube-apiserver', purpose: 'node to kube-apiserver' }),
    ...kubeletPairs(machines, control),
    ...neighbourPairs(cluster),
  ];
  // An etcd machine that is also a control plane reaches etcd for two reasons: one check is enough.
  const byKey = new Map(pairs.toReversed().map((pair) => [pairKey(pair), pair]));
  return [...byKey.values()].sort((a, b) => (pairKey(a) < pairKey(b) ? -1 : 1));
}

function pairKey({ from, to, protocol, port }: PortPair): string {
  return [from, to, protocol, String(port).padStart(5, '0')].join(' ');
}

type Purpose = Pick<PortPair, 'port' | 'component' | 'purpose'>;

function between(from: readonly Machine[], to: readonly Machine[], purpose: Purpose): readonly PortPair[] {
  return from.flatMap((source) => to.flatMap((target) => pair(source, target, { ...purpose, protocol: 'tcp' })));
}

function pair(from: Machine, to: Machine, purpose: Purpose & { readonly protocol: Protocol }): readonly PortPair[] {
  return from.name === to.name ? [] : [{ from: from.name, to: to.name, ...purpose }];
}

/** Each kubelet is asked by every control plane; in a big cluster by one of them, in turn. */
function kubeletPairs(machines: readonly Machine[], control: readonly Machine[]): readonly PortPair[] {
  const purpose: Purpose = { port: 10250, component: 'kubelet', purpose: 'kube-apiserver to kubelet' };
  if (machines.length <= everyKubeletUpTo) return between(control, machines, purpose);
  return machines.flatMap((machine, index) => {
    // A control plane does not ask itself: the next one does.
    const others = control.filter(({ name }) => name !== machine.name);
    const asking = others[index % others.length];
    return asking ? pair(asking, machine, { ...purpose, protocol: 'tcp' }) : [];
  });
}

/** Pods talk from any machine to any other. Firewalls are made for groups of machines, so a sample finds them. */
function neighbourPairs({ machines, spec }: Cluster): readonly PortPair[] {
  return machines.flatMap((from, index) =>
    partners(machines, index).flatMap((to) => [
      ...(spec.network.plugin === 'flannel'
        ? pair(from, to, {
            protocol: 'udp',
            port: spec.network.vxlanPort,
            component: 'kubelet',
            purpose: 'pod network (VXLAN)',
          })
        : []),
      // metrics-server may run on any worker and asks every kubelet.
      ...(spec.metrics.enabled && from.roles.includes('worker')
        ? pair(from, to, { protocol: 'tcp', port: 10250, component: 'kubelet', purpose: 'metrics-server to kubelet' })
        : []),
    ]),
  );
}

/** All others in a small cluster; otherwise the next two around a ring and the one opposite. */
function partners(machines: readonly Machine[], index: number): readonly Machine[] {
  const count = machines.length;
  if (count <= everyPairUpTo) return machines.filter((_, other) => other !== index);
  return [1, 2, Math.floor(count / 2)].flatMap((step) => machines[(index + step) % count] ?? []);
}
