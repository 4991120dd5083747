import type { Finding } from '#main/cluster/vsphere-port.ts';
import type { NodeTemplate } from '#shared/spec/node-template.ts';
import type { Ref } from './client/reference.ts';
import { folderPathOf, type FolderPath } from './folders/folder-path.ts';
import type {
  Choice,
  Cluster,
  Datacenter,
  Datastore,
  DatastoreCluster,
  EsxiHost,
  Network,
  Places,
  Vm,
  VmFolder,
} from './inventory/choices.ts';
import { byNameOrPath } from './inventory/search.ts';
import { nearest } from './nearest.ts';
import { storageOf, type Report } from './placement/storage-of.ts';

/** A node template whose names have become objects of one datacenter that fit together. */
export interface ResolvedTemplate {
  readonly datacenter: Datacenter;
  /** `undefined` for an item of a content library. */
  readonly source: Vm | undefined;
  /** Of a folder that may be still to be made. */
  readonly folderPath: string;
  readonly folder: VmFolder | undefined;
  readonly pool: PoolChoice;
  /** That the pool belongs to. */
  readonly cluster: Cluster;
  /** Those of the cluster that can take machines, limited to what the template names; by path. */
  readonly hosts: readonly EsxiHost[];
  /** Usable and reachable, by path: one, or those of a datastore cluster. */
  readonly datastores: readonly Datastore[];
  readonly datastoreCluster: DatastoreCluster | undefined;
  /** In the order of the template. */
  readonly networks: readonly Network[];
}

export interface PoolChoice extends Choice {
  readonly cluster: Ref | undefined;
  /** Set where the template names a host instead of a pool. */
  readonly onlyHost: Ref | undefined;
}

export interface Resolution {
  /** `undefined` when there is an error among the findings. */
  readonly resolved: ResolvedTemplate | undefined;
  readonly findings: readonly Finding[];
}

/**
 * From names and paths to objects. Names that are unknown, ambiguous or do not fit together become findings, all at once,
 * with the paths to choose from. What the template leaves out is taken where only one thing is possible.
 * @param vms May be empty for a source in a content library.
 */
export function resolveTemplate(template: NodeTemplate, places: Places, vms: readonly Vm[]): Resolution {
  const findings: Finding[] = [];
  const report: Report = (problem, remedy) => {
    findings.push({ severity: 'error', subject: `template ${template.name}`, problem, remedy });
  };
  const named = namedBy(template, places, vms);
  for (const field of named) if (field.candidates.length === 0) reportUnknown(field, report);
  const datacenter = commonDatacenter(named, places, report);
  const inside = <T extends Choice>({ candidates }: Field<T>): readonly T[] =>
    datacenter ? candidates.filter((one) => one.datacenter?.id === datacenter.ref.id) : candidates;
  const one = <T extends Choice>(field: Field<T>): T | undefined => onlyOne(field, inside(field), report);

  const fields = fieldsOf(template, places, vms);
  const source = fields.source && one(fields.source);
  const pool = fields.pool ? one(fields.pool) : defaultPool(places, datacenter, report);
  const cluster = pool && places.clusters.find(({ ref }) => ref.id === pool.cluster?.id);
  if (pool && !cluster) report(`the resource pool ${pool.path} belongs to no cluster that the user can see.`, seeIt);
  const hosts = cluster && hostsOf(fields.hosts, pool, cluster, places, report);
  const networks = fields.networks.map((field) => one(field));
  if (cluster) networks.forEach((network) => network && checkNetwork(network, cluster, report));
  const storage = cluster && storageOf(fields.datastore && one(fields.datastore), template, cluster, places, report);
  const where = datacenter && folderOf(template, datacenter, places, report);

  const errors = findings.some(({ severity }) => severity === 'error');
  const whole = pool && cluster && hosts && storage && where && !errors;
  if (!whole) return { resolved: undefined, findings };
  const { datastores, datastoreCluster } = storage;
  const folder = places.folders.find(({ path }) => path === where.path);
  const known = networks.filter((network) => network !== undefined);
  const found = { source, folder, pool, cluster, hosts, datastores, datastoreCluster, networks: known };
  return { resolved: { datacenter: where.datacenter, folderPath: where.path, ...found }, findings };
}

const seeIt = 'Ask a vCenter administrator whether the user may see it.';

/** One name in the template, and what it can mean. */
interface Field<T extends Choice = Choice> {
  /** "network", as a person says it. */
  readonly kind: string;
  readonly text: string;
  readonly candidates: readonly T[];
  /** What a person could have meant instead. */
  readonly all: readonly Choice[];
}

interface Fields {
  readonly source: Field<Vm> | undefined;
  readonly pool: Field<PoolChoice> | undefined;
  readonly hosts: readonly Field<EsxiHost>[];
  readonly datastore: Field<Datastore | DatastoreCluster> | undefined;
  readonly networks: readonly Field<Network>[];
}

function fieldsOf(template: NodeTemplate, places: Places, vms: readonly Vm[]): Fields {
  const { pool, datastore, hosts, networks, source } = template;
  const field = <T extends Choice>(kind: string, text: string, all: readonly T[]): Field<T> => ({
    ...{ kind, text, all },
    candidates: byNameOrPath(all, text),
  });
  return {
    source: 'vm' in source ? field('template or VM', source.vm, vms) : undefined,
    pool: pool === undefined ? undefined : poolField(pool, places),
    hosts: hosts.map((host) => field('host', host, places.hosts)),
    datastore:
      datastore === undefined
        ? undefined
        : field<Datastore | DatastoreCluster>('datastore', datastore, [
            ...places.datastores,
            ...places.datastoreClusters,
          ]),
    networks: networks.map(({ network }) => field('network', network, places.networks)),
  };
}

function namedBy(template: NodeTemplate, places: Places, vms: readonly Vm[]): readonly Field[] {
  const { source, pool, hosts, datastore, networks } = fieldsOf(template, places, vms);
  return [source, pool, ...hosts, datastore, ...networks].filter((field) => field !== undefined);
}

/** A pool by its own name or path; else the root pool of the cluster or host of that name. */
function poolField(text: string, places: Places): Field<PoolChoice> {
  const all = [...places.pools, ...places.clusters, ...places.hosts];
  const pools = byNameOrPath(places.pools, text).map((pool) => ({ ...pool, onlyHost: undefined }));
  const clusters = byNameOrPath(places.clusters, text).flatMap((cluster) => rootPool(cluster) ?? []);
  const hosts = byNameOrPath(places.hosts, text).flatMap((host) => {
    const cluster = places.clusters.find(({ ref }) => ref.id === host.cluster?.id);
    const root = cluster && rootPool(cluster);
    return root ? [{ ...root, path: host.path, onlyHost: host.ref }] : [];
  });
  const candidates = pools.length > 0 ? pools : clusters.length > 0 ? clusters : hosts;
  return { kind: 'resource pool', text, candidates, all };
}

function rootPool(cluster: Cluster): PoolChoice | undefined {
  const { rootPool: pool, name, path, datacenter } = cluster;
  return pool && { ref: pool, name, path, datacenter, cluster: cluster.ref, onlyHost: undefined };
}

function reportUnknown({ kind, text, all }: Field, report: Report): void {
  const near = nearest(all, text);
  const remedy =
    near.length > 0
      ? `Did you mean ${near.join(' or ')}?`
      : all.length === 0
        ? seeIt
        : `There is: ${all
            .slice(0, 5)
            .map(({ path }) => path)
            .join(', ')}${all.length > 5 ? ' …' : ''}`;
  report(`there is no ${kind} "${text}".`, remedy);
}

/** The one datacenter that can hold all that is named; reports names that cannot be together. */
function commonDatacenter(named: readonly Field[], places: Places, report: Report): Datacenter | undefined {
  const known = named.filter(({ candidates }) => candidates.length > 0);
  const possible = places.datacenters.filter(({ ref }) =>
    known.every(({ candidates }) => candidates.some(({ datacenter }) => datacenter?.id === ref.id)),
  );
  const [first, second] = possible;
  if (first && !second) return first;
  if (!first && known.length > 0) {
    const where = known.map(({ kind, candidates }) => `${kind} ${candidates.map(({ path }) => path).join(' or ')}`);
    report(
      `what it names is not in one datacenter: ${where.join(', ')}.`,
      'Choose source, resource pool, datastore and networks of the same datacenter.',
    );
  }
  return undefined;
}

function onlyOne<T extends Choice>({ kind, text }: Field, found: readonly T[], report: Report): T | undefined {
  if (found.length > 1) {
    const paths = found.map(({ path, ref }) => `${path} (${ref.id})`);
    report(`"${text}" is the name of several: ${paths.join(', ')}.`, `Give the path or the id of the ${kind}.`);
  }
  return found.length === 1 ? found[0] : undefined;
}

function defaultPool(places: Places, datacenter: Datacenter | undefined, report: Report): PoolChoice | undefined {
  const here = <T extends Choice>(choices: readonly T[]): readonly T[] =>
    datacenter ? choices.filter((one) => one.datacenter?.id === datacenter.ref.id) : choices;
  const pools = here(places.pools);
  if (pools.length === 1 && pools[0]) return { ...pools[0], onlyHost: undefined };
  const clusters = here(places.clusters);
  const root = clusters.length === 1 && clusters[0] ? rootPool(clusters[0]) : undefined;
  if (root) return root;
  const paths = [...clusters, ...pools].map(({ path }) => path);
  report('it names no resource pool, and there is not only one.', `Choose "pool" from: ${paths.join(', ')}`);
  return undefined;
}

function hostsOf(
  fields: readonly Field<EsxiHost>[],
  pool: PoolChoice,
  cluster: Cluster,
  places: Places,
  report: Report,
): readonly EsxiHost[] {
  const all = places.hosts.filter((host) => host.cluster?.id === cluster.ref.id);
  const wanted = fields.flatMap((field) => {
    const inCluster = field.candidates.filter((host) => host.cluster?.id === cluster.ref.id);
    if (field.candidates.length > 0 && inCluster.length === 0) {
      report(`the host ${field.text} is not in ${cluster.path}.`, `Its hosts are ${listed(all)}.`);
    }
    return inCluster;
  });
  const chosen = pool.onlyHost
    ? all.filter(({ ref }) => ref.id === pool.onlyHost?.id)
    : fields.length > 0
      ? wanted
      : all;
  const usable = chosen.filter(({ connected, inMaintenance }) => connected && !inMaintenance);
  if (usable.length === 0 && chosen.length > 0) {
    report(
      `no host can take machines: ${chosen.map(hostState).join(', ')}.`,
      'Connect one, or end its maintenance mode.',
    );
  }
  return usable;
}

function hostState({ path, connected }: EsxiHost): string {
  return `${path} is ${connected ? 'in maintenance mode' : 'not connected'}`;
}

/** As `ensureFolder` will understand it, which is told nothing but the folder. */
function folderOf(
  { folder }: NodeTemplate,
  datacenter: Datacenter,
  places: Places,
  report: Report,
): FolderPath | undefined {
  const meant = folderPathOf(folder, places, folder === undefined ? datacenter : undefined);
  if ('problem' in meant) {
    report(meant.problem, meant.remedy);
    return undefined;
  }
  if (meant.datacenter.ref.id !== datacenter.ref.id) {
    report(
      `the folder ${meant.path} is not in ${datacenter.path}, where all else is.`,
      `Choose one below ${datacenter.path}/vm.`,
    );
    return undefined;
  }
  return meant;
}

function checkNetwork({ ref, path }: Network, cluster: Cluster, report: Report): void {
  if (cluster.networks.some(({ id }) => id === ref.id)) return;
  report(`no host of ${cluster.path} is connected to the network ${path}.`, 'Choose a network of that cluster.');
}

function listed(choices: readonly Choice[]): string {
  return choices.map(({ path }) => path).join(', ');
}
