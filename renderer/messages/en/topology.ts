import type { Topology } from '#renderer/features/topology/topology-of.ts';

const machines = (count: number): string => (count === 1 ? '1 machine' : `${count} machines`);
const quorum = (quorum: number, members: number, spare: number): string => {
  if (members === 0) return 'no etcd';
  if (members === 1) return 'etcd: one member, none may be lost';
  return `etcd: quorum ${quorum} of ${members}, ${spare === 1 ? 'one may be lost' : `${spare} may be lost`}`;
};

/** The drawing of a cluster's machines. */
export const topology = {
  title: 'Topology',
  empty: 'There are no machines yet.',
  tiers: { etcd: 'etcd', controlplane: 'Control plane', worker: 'Workers' },
  quorum,
  apiServers: (count: number) => (count === 1 ? '1 API server' : `${count} API servers`),
  workersNote: (count: number) => (count === 1 ? '1 machine runs workloads' : `${count} machines run workloads`),
  proxied: (proxies: number, apiServers: number) =>
    `${proxies === 1 ? 'its nginx-proxy reaches' : 'the nginx-proxy of each reaches'} ${apiServers === 1 ? 'the API server' : `all ${apiServers} API servers`}, port 6443`,
  stores: 'the API servers keep everything in etcd, port 2379',
  noWorkers: 'The control plane machines also run workloads.',
  ready: (ready: number, all: number) => `${ready} of ${all} Ready`,
  isReady: 'Ready',
  isNotReady: 'Not Ready',
  notReady: (count: number) => (count === 1 ? '1 is not Ready' : `${count} are not Ready`),
  all: (count: number) => `All ${count} machines`,
  /** The drawing in words. */
  summary: (count: number, { etcd, apiServers, proxies }: Topology) =>
    `${machines(count)}; ${quorum(etcd.quorum, etcd.members, etcd.spare)}; API servers: ${apiServers}; machines that reach them through their own nginx-proxy: ${proxies}.`,
} as const;
