import type { Finding, PreflightRequest } from '#main/cluster/vsphere-port.ts';
import { refKey } from '../client/reference.ts';
import type { Places, Vm, VmFolder } from '../inventory/choices.ts';
import { byNameOrPath } from '../inventory/search.ts';
import { resolveTemplate, type ResolvedTemplate } from '../resolve.ts';
import type { SpaceWish } from './datastore-space.ts';
import type { HostsWish } from './hosts-enough.ts';
import type { WantedName } from './names-free.ts';
import type { PrivilegeWish } from './privileges-held.ts';
import type { SourceFacts } from './source-facts.ts';
import type { Source } from './source-fit.ts';

/** The machines that are wanted, with what their templates name found in the inventory. */
export interface Placed {
  readonly entries: readonly Entry[];
  readonly folders: readonly VmFolder[];
  readonly vms: readonly Vm[];
  /** Names that mean nothing or too much. */
  readonly findings: readonly Finding[];
}

/** Machines of one pool. Those whose template does not resolve are in no entry: the findings say why. */
export type Entry = PreflightRequest['machines'][number] & {
  readonly resolved: ResolvedTemplate;
  readonly clusterHosts: Places['hosts'];
};

export const nothingPlaced: Placed = { entries: [], folders: [], vms: [], findings: [] };

export function place({ machines }: PreflightRequest, places: Places, vms: readonly Vm[]): Placed {
  const all = machines.map((wanted) => ({ wanted, ...resolveTemplate(wanted.template, places, vms) }));
  return {
    entries: all.flatMap(({ wanted, resolved }) => {
      if (!resolved) return [];
      const clusterHosts = places.hosts.filter(({ cluster }) => cluster?.id === resolved.cluster.ref.id);
      return [{ ...wanted, resolved, clusterHosts }];
    }),
    folders: places.folders,
    vms,
    findings: all.flatMap(({ findings }) => findings),
  };
}

export function privilegeWishes(entries: readonly Entry[]): readonly PrivilegeWish[] {
  return entries.map(({ template, pool, resolved }) => ({ template, pool, resolved }));
}

export function wantedNames({ names, resolved }: Entry): readonly WantedName[] {
  return names.map((name) => ({ name, folderPath: resolved.folderPath }));
}

/** None for a library item. */
export function sourceOf(
  { template, resolved }: Entry,
  facts: ReadonlyMap<string, SourceFacts>,
  cloudProvider: boolean,
): readonly Source[] {
  const { source, hosts } = resolved;
  const known = source && facts.get(refKey(source.ref));
  return known ? [{ template, path: source.path, facts: known, hosts, cloudProvider }] : [];
}

export function spaceWish({ template, names, resolved }: Entry, facts: ReadonlyMap<string, SourceFacts>): SpaceWish {
  const { source, datastores, datastoreCluster } = resolved;
  const freeBytes = datastores.reduce((sum, one) => sum + one.freeBytes, 0);
  const [first] = datastores;
  const store = datastoreCluster
    ? { id: datastoreCluster.ref.id, title: `datastore cluster ${datastoreCluster.path}`, freeBytes }
    : { id: first?.ref.id ?? '', title: `datastore ${first?.path ?? ''}`, freeBytes };
  return { template, count: names.length, source: source && facts.get(refKey(source.ref)), store };
}

export function hostsWish({ template, pool, resolved, clusterHosts }: Entry): HostsWish {
  const { cluster, hosts } = resolved;
  const allowed =
    template.hosts.length === 0 ? clusterHosts : template.hosts.flatMap((one) => byNameOrPath(clusterHosts, one));
  const out = allowed.filter(({ connected, inMaintenance }) => !connected || inMaintenance);
  return { pool, cluster, usable: hosts, out };
}
