import { certificateNames as names, secretNames, sslFolder } from '../certificates/names.ts';
import { machinesWith, type Cluster, type Machine } from '../cluster.ts';
import type { MachineFacts } from '../machine-facts.ts';
import { defaultDnsServiceIp } from '#shared/network/cidr.ts';
import { cgroupDriverOf } from '../nodes/facts.ts';
import type { FlagValues } from '../releases/arguments.ts';
import { systemImage } from '../releases/images.ts';
import { configPaths } from './config-paths.ts';
import { nodeTaints } from './node-object.ts';

/** Values for the flag table that hold for every component of one machine. */
export function machineValues(cluster: Cluster, machine: Machine): FlagValues {
  const { network, dns } = cluster.spec;
  return {
    name: machine.name,
    ip: machine.internalIp,
    ssl: sslFolder,
    ca: names.ca,
    etcdCa: names.etcdCa,
    requestHeaderCa: names.requestHeaderCa,
    etcdCert: names.etcdMember(machine.name),
    apiserver: names.apiserver,
    apiserverEtcd: names.apiserverEtcd,
    apiserverKubelet: names.apiserverKubelet,
    proxyClient: names.proxyClient,
    controllerManager: names.controllerManager,
    scheduler: names.scheduler,
    serviceAccount: secretNames.serviceAccount,
    kubeletServing: names.kubelet(machine.name),
    podCidr: network.podCidr,
    serviceCidr: network.serviceCidr,
    nodeCidrBits: String(network.nodeCidrBits),
    domain: dns.domain,
    dnsIp: dnsServiceIp(cluster),
  };
}

export function apiserverValues(cluster: Cluster, machine: Machine): FlagValues {
  const { audit, authnWebhook } = cluster.spec.api;
  return {
    ...machineValues(cluster, machine),
    etcdServers: etcdServers(cluster, machine),
    encryptionConfig: configPaths.encryption,
    ...(audit.enabled
      ? {
          auditPolicy: configPaths.auditPolicy,
          auditLog: '/var/log/kube-audit/audit-log.json',
          auditFormat: 'json',
          auditMaxAge: String(audit.maxAgeDays),
          auditMaxBackups: String(audit.maxBackups),
          auditMaxSize: String(audit.maxSizeMiB),
        }
      : {}),
    ...(authnWebhook === undefined ? {} : { authnWebhook: configPaths.authnWebhook, authnWebhookTtl: '5s' }),
  };
}

export function kubeletValues(cluster: Cluster, machine: Machine, facts: MachineFacts): FlagValues {
  const taints = nodeTaints(machine).map(({ key, value, effect }) => `${key}=${value}:${effect}`);
  return {
    ...machineValues(cluster, machine),
    cgroupDriver: cgroupDriverOf(facts),
    resolvConf: facts.resolvConf,
    pauseImage: systemImage(cluster, 'pause'),
    taints: taints.length === 0 ? undefined : taints.join(','),
  };
}

/** Its own member first: no network in between. The rest in order of name. */
function etcdServers(cluster: Cluster, machine: Machine): string {
  const members = machinesWith(cluster, 'etcd');
  const own = members.filter(({ name }) => name === machine.name);
  const others = members.filter(({ name }) => name !== machine.name);
  return [...own, ...others].map(({ internalIp }) => `https://${internalIp}:2379`).join(',');
}

/** The address of cluster DNS, as kubelets tell it to pods and as the DNS add-on takes it. */
export function dnsServiceIp(cluster: Cluster): string {
  // checkSpec refuses service networks that are too small for it.
  return cluster.spec.dns.serviceIp ?? defaultDnsServiceIp(cluster.spec.network.serviceCidr) ?? '';
}
