import { machinesWith, type Cluster, type Machine } from '../cluster.ts';
import { formatIpv4, parseCidr, parseIpv4 } from '#shared/network/cidr.ts';
import { certificateNames as names } from './names.ts';

export type KeyUse = 'client' | 'server';

/** A certificate that has to exist. Pure: equal clusters give equal lists. */
export interface PlannedCertificate {
  readonly name: string;
  readonly commonName: string;
  readonly organization?: string;
  /** Name of the CA; `undefined` for a CA itself. */
  readonly issuer?: string;
  /** Empty for a CA. */
  readonly uses: readonly KeyUse[];
  /** Sorted, without doubles. */
  readonly dnsNames: readonly string[];
  readonly ips: readonly string[];
}

/**
 * All certificates of a cluster, CAs first. Differs from RKE (rke-reference.md 4.2 and 14.5) on purpose: one identity
 * per node (the Node authorizer and NodeRestriction need it), CAs of their own for etcd and for the front proxy, a
 * serving certificate for each kubelet, no key used twice.
 */
export function plannedCertificates(cluster: Cluster): readonly PlannedCertificate[] {
  return [
    authority(names.ca),
    authority(names.etcdCa),
    authority(names.requestHeaderCa),
    { ...leaf(names.apiserver, 'kube-apiserver', names.ca, ['server']), ...apiserverSans(cluster) },
    // Its rights on kubelets come from the role proxy-clusterrole-kubeapiserver, bound to this common name.
    leaf(names.apiserverKubelet, 'kube-apiserver', names.ca, ['client']),
    leaf(names.apiserverEtcd, 'kube-apiserver-etcd-client', names.etcdCa, ['client']),
    leaf(names.etcdClient, 'etcd-client', names.etcdCa, ['client']),
    leaf(names.proxyClient, 'kube-apiserver-proxy-client', names.requestHeaderCa, ['client']),
    // Both serve their health and metrics on loopback with the same certificate.
    { ...leaf(names.controllerManager, 'system:kube-controller-manager', names.ca, ['client', 'server']), ...loopback },
    { ...leaf(names.scheduler, 'system:kube-scheduler', names.ca, ['client', 'server']), ...loopback },
    leaf(names.kubeProxy, 'system:kube-proxy', names.ca, ['client']),
    { ...leaf(names.admin, 'kube-admin', names.ca, ['client']), organization: 'system:masters' },
    ...(cluster.spec.metrics.enabled ? [metricsServing] : []),
    ...machinesWith(cluster, 'etcd').map(etcdMember),
    // One that could not be made has no address yet; it gets its own in the run that makes it.
    ...cluster.machines
      .filter(({ address }) => address !== '')
      .flatMap((machine) => [nodeIdentity(machine), kubeletServing(machine)]),
  ];
}

/** So that the API server verifies metrics-server when it passes `kubectl top` on. */
const metricsServing: PlannedCertificate = {
  ...leaf(names.metricsServer, 'metrics-server', names.ca, ['server']),
  dnsNames: ['metrics-server.kube-system.svc'],
};

const loopback = { dnsNames: ['localhost'], ips: ['127.0.0.1'] };

function authority(name: string): PlannedCertificate {
  return { name, commonName: name, uses: [], dnsNames: [], ips: [] };
}

function leaf(name: string, commonName: string, issuer: string, uses: readonly KeyUse[]): PlannedCertificate {
  return { name, commonName, issuer, uses, dnsNames: [], ips: [] };
}

function etcdMember(machine: Machine): PlannedCertificate {
  // etcd is server and client towards its peers with the same certificate.
  const base = leaf(names.etcdMember(machine.name), 'kube-etcd', names.etcdCa, ['client', 'server']);
  return { ...base, ...subjectNames([machine.name, machine.address, machine.internalIp, 'localhost', '127.0.0.1']) };
}

function nodeIdentity(machine: Machine): PlannedCertificate {
  const base = leaf(names.node(machine.name), `system:node:${machine.name}`, names.ca, ['client']);
  return { ...base, organization: 'system:nodes' };
}

function kubeletServing(machine: Machine): PlannedCertificate {
  const base = leaf(names.kubelet(machine.name), `system:node:${machine.name}`, names.ca, ['server']);
  return {
    ...base,
    organization: 'system:nodes',
    ...subjectNames([machine.name, machine.address, machine.internalIp]),
  };
}

/** rke-reference.md 4.3, as a set. */
function apiserverSans(cluster: Cluster): Pick<PlannedCertificate, 'dnsNames' | 'ips'> {
  const { api, dns, network } = cluster.spec;
  const services = parseCidr(network.serviceCidr);
  return subjectNames([
    ...machinesWith(cluster, 'controlplane').flatMap(({ name, address, internalIp }) => [name, address, internalIp]),
    ...(api.endpoint === undefined ? [] : [api.endpoint]),
    ...api.extraSans,
    '127.0.0.1',
    ...(services ? [formatIpv4(services.base + 1)] : []),
    'localhost',
    'kubernetes',
    'kubernetes.default',
    'kubernetes.default.svc',
    `kubernetes.default.svc.${dns.domain}`,
  ]);
}

function subjectNames(all: readonly string[]): Pick<PlannedCertificate, 'dnsNames' | 'ips'> {
  const isIp = (text: string): boolean => parseIpv4(text) !== undefined || text.includes(':');
  const unique = [...new Set(all)].sort();
  return { dnsNames: unique.filter((text) => !isIp(text)), ips: unique.filter(isIp) };
}
