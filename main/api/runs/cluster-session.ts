import type { Clock } from '#main/engine/clock.ts';
import type { Cluster, ClusterRun } from '#main/cluster/cluster.ts';
import type { InventoryPort } from '#main/cluster/ports.ts';
import { poolMachineSpec } from '#main/cluster/provision/pools.ts';
import type { VmRecord } from '#main/cluster/provision/vm-record.ts';
import type { VspherePort } from '#main/cluster/vsphere-port.ts';
import { certificateNames as names } from '#main/cluster/certificates/names.ts';
import { machinesWith } from '#main/cluster/cluster.ts';
import { type Access, openKube } from '#main/kube/open-kube.ts';
import { openMachines } from '#main/machines/adapter.ts';
import { type ConnectionSettings, connectionSettings } from '#main/machines/ssh/settings.ts';
import type { KnownHosts } from '#main/machines/ssh/known-hosts.ts';
import { openRegistries } from '#main/machines/registry/client.ts';
import { nodeKeys } from '#main/secrets/keys.ts';
import { kubeconfigFiles } from '#main/store/inventory/kubeconfig-files.ts';
import { certificateErrors } from '#shared/errors/certificate.ts';
import { withCachedCertificates } from './cached-inventory.ts';
import { HostKeyApproval } from './host-keys.ts';
import type { Interaction } from './interaction.ts';
import { liveCluster } from './live-cluster.ts';
import { manifestSources } from './manifest-sources.ts';

export interface ClusterSessionOptions {
  /** What the spec makes of the machines that are known. */
  readonly build: (records: ReadonlyMap<string, VmRecord>) => Cluster;
  /** Made and proposed ones. */
  readonly records: ReadonlyMap<string, VmRecord>;
  readonly runId: string;
  /** Closed with the session. */
  readonly vsphere: (VspherePort & AsyncDisposable) | undefined;
  readonly inventory: InventoryPort;
  /** For a session that is kept while others may write certificates: see `withCachedCertificates`. */
  readonly certificatesAsOf?: (() => string) | undefined;
  readonly knownHosts: KnownHosts;
  readonly clock: Clock;
  readonly interaction: Interaction;
  /** Where relative paths in the spec start. */
  readonly folder: string;
}

/** The real ports of one cluster, for one run or one look. Closes every connection when disposed. */
export interface ClusterSession extends AsyncDisposable {
  readonly run: ClusterRun;
  /** Makes the first connections, so that unknown host keys are asked about together. */
  connectAll(signal: AbortSignal): Promise<void>;
}

export function openClusterSession(options: ClusterSessionOptions): ClusterSession {
  const { knownHosts, clock, interaction, folder, vsphere } = options;
  const live = liveCluster(options.build, options.records);
  const inventory = live.watching(withCachedCertificates(options.inventory, options.certificatesAsOf));
  const { spec } = live.current();
  const given = new Map(spec.machines.map((m) => [m.name, connectionSettings(spec, m)]));
  const hostKeys = new HostKeyApproval(interaction, given);
  const adapter = openMachines({
    spec,
    settings: { get: (machine) => given.get(machine) ?? settingsOfMade(live.current(), machine) },
    knownHosts,
    resolveSecret: (reference) => inventory.resolveSecret(reference),
    approveHostKey: hostKeys.approve,
    clock,
  });
  const access = async (ca: string, client: string): Promise<Access> => {
    const certificates = await inventory.certificates();
    const trusted = certificates.get(ca);
    const own = certificates.get(client);
    if (!trusted || !own) throw certificateErrors.missing({ name: trusted ? client : ca });
    return { ca: trusted.certificatePem, certificate: own.certificatePem, key: own.keyPem };
  };
  const kube = openKube({
    tunnel: adapter.tunnel,
    apiMachines: () => machinesWith(live.current(), 'controlplane').map(({ name }) => name),
    access: () => access(names.ca, names.admin),
    etcdAccess: () => access(names.etcdCa, names.etcdClient),
    clock,
  });
  return {
    run: {
      get cluster() {
        return live.current();
      },
      runId: options.runId,
      vsphere,
      machines: adapter.machines,
      docker: adapter.docker,
      registries: openRegistries(adapter.tunnel),
      kube: kube.kube,
      etcd: kube.etcd,
      probe: kube.probe,
      keys: nodeKeys(),
      inventory,
      kubeconfigs: kubeconfigFiles(),
      sources: manifestSources(folder),
      clock,
    },
    connectAll: (signal) => hostKeys.connectAll((machine) => adapter.connect(machine, signal)),
    async [Symbol.asyncDispose]() {
      await kube[Symbol.asyncDispose]();
      await adapter[Symbol.asyncDispose]();
      await vsphere?.[Symbol.asyncDispose]();
    },
  };
}

/** As soon as the machine has an address. */
function settingsOfMade(cluster: Cluster, machine: string): ConnectionSettings | undefined {
  const planned = cluster.planned.get(machine);
  if (!planned || planned.record.address === '') return undefined;
  const { pool, template, record } = planned;
  const spec = poolMachineSpec(cluster.id, { name: machine, pool, user: template.user, record });
  return connectionSettings(cluster.spec, spec);
}
