import type { Finding } from '#main/cluster/vsphere-port.ts';
import type { MachinePool, NodeTemplate } from '#shared/spec/node-template.ts';
import { refKey, type Ref } from '../client/reference.ts';
import type { VmFolder } from '../inventory/choices.ts';
import type { MissingPrivileges, PrivilegeNeed } from '../privileges.ts';
import type { PrivilegeUse } from '../required-privileges.ts';
import type { ResolvedTemplate } from '../resolve.ts';
import { stop, warn } from './finding.ts';

export interface PrivilegeWish {
  readonly template: Pick<NodeTemplate, 'source' | 'bootMedia' | 'customAttributes'>;
  readonly pool: Pick<MachinePool, 'antiAffinity'>;
  readonly resolved: ResolvedTemplate;
}

/** A need, and the object as a person knows it. */
export interface NamedNeed extends PrivilegeNeed {
  /** `folder /DC0/vm/team-a` */
  readonly title: string;
}

export interface PrivilegeScope {
  readonly rootFolder: Ref;
  readonly folders: readonly VmFolder[];
  readonly cloudProvider: boolean;
}

/** What the user must be able to do for these machines, each thing once. Nothing that only other templates would need. */
export function privilegeNeeds(wishes: readonly PrivilegeWish[], scope: PrivilegeScope): readonly NamedNeed[] {
  const root = (use: PrivilegeUse): NamedNeed => ({
    use,
    object: scope.rootFolder,
    title: 'the root folder of the vCenter',
  });
  const needs = [
    ...(wishes.length > 0 ? [root('tags')] : []),
    ...wishes.flatMap((wish) => [
      ...machineNeeds(wish, scope),
      ...(Object.keys(wish.template.customAttributes).length > 0 ? [root('customAttributes')] : []),
      ...('library' in wish.template.source ? [root('contentLibrary')] : []),
      ...(scope.cloudProvider ? [root('csiRoot')] : []),
    ]),
  ];
  const key = ({ use, object }: NamedNeed): string => `${use} ${refKey(object)}`;
  return [...new Map(needs.map((need) => [key(need), need])).values()];
}

function machineNeeds({ template, pool, resolved }: PrivilegeWish, scope: PrivilegeScope): readonly NamedNeed[] {
  const { source, cluster, datacenter, networks, datastores } = resolved;
  const { object: folder, title, missing } = nearestFolder(resolved, scope.folders);
  const fromLibrary = 'library' in template.source;
  const poolTitle = `resource pool ${resolved.pool.path}`;
  const need = (use: PrivilegeUse, object: Ref, on: string): NamedNeed => ({ use, object, title: on });
  return [
    ...(source ? [need('source', source.ref, `template ${source.path}`)] : []),
    ...[need('folder', folder, title), need('taggedFolder', folder, title)],
    ...(missing ? [need('folderParent', folder, title)] : []),
    need('pool', resolved.pool.ref, poolTitle),
    ...(fromLibrary ? [need('libraryTarget', folder, title), need('libraryTarget', resolved.pool.ref, poolTitle)] : []),
    ...networks.map(({ ref, path }) => need('network', ref, `network ${path}`)),
    ...datastores.flatMap(({ ref, path }) => [
      need('datastore', ref, `datastore ${path}`),
      ...(template.bootMedia === 'iso' ? [need('cloudInitIso', ref, `datastore ${path}`)] : []),
      ...(scope.cloudProvider ? [need('csiDatastore', ref, `datastore ${path}`)] : []),
    ]),
    ...(pool.antiAffinity !== 'none' && cluster.kind === 'cluster'
      ? [need('antiAffinity', cluster.ref, `cluster ${cluster.path}`)]
      : []),
    ...(scope.cloudProvider
      ? [need('cloudProvider', datacenter.ref, `datacenter ${datacenter.path}`), need('csiNodes', folder, title)]
      : []),
  ];
}

/** The folder of the machines, or the nearest one above that is there: what is made in it gets the same privileges. */
function nearestFolder(
  { folder, folderPath, datacenter }: ResolvedTemplate,
  folders: readonly VmFolder[],
): { readonly object: Ref; readonly title: string; readonly missing: boolean } {
  if (folder) return { object: folder.ref, title: `folder ${folder.path}`, missing: false };
  for (let path = folderPath; path.includes('/'); path = path.slice(0, path.lastIndexOf('/'))) {
    const above = folders.find((one) => one.path === path);
    if (above) return { object: above.ref, title: `folder ${above.path}`, missing: true };
  }
  return { object: datacenter.ref, title: `datacenter ${datacenter.path}`, missing: true };
}

/** One finding for each object and use. @param user As vCenter writes it. */
export function privilegesHeld(
  needs: readonly NamedNeed[],
  missing: readonly MissingPrivileges[],
  user: string,
): readonly Finding[] {
  return missing.map(({ use, object, privileges }) => {
    const named = needs.find((need) => need.use === use && refKey(need.object) === refKey(object));
    const title = named?.title ?? `${object.type} ${object.id}`;
    const list = privileges.join(', ');
    const are = privileges.length === 1 ? 'the privilege' : 'the privileges';
    const problem = `the user ${user} lacks ${are} ${list} ${purposes[use]}.`;
    const remedy = `Let a vCenter administrator give ${user} a role with ${list} on ${title}, or on a parent with "propagate".`;
    // They may have a user of their own, whose privileges we cannot ask for.
    return later.has(use)
      ? warn(title, problem, `${remedy} Not needed when they use another account.`)
      : stop(title, problem, remedy);
  });
}

const later: ReadonlySet<PrivilegeUse> = new Set([
  'cloudProvider',
  'csiRoot',
  'csiNodes',
  'csiDatastore',
  'storagePolicy',
]);

/** Goes on where a privilege was named. */
export const purposes: Readonly<Record<PrivilegeUse, string>> = {
  source: 'to clone machines from it',
  folder: 'to make, set up, switch on and remove machines in it',
  folderParent: 'to make the folder of the machines in it, and to remove it later',
  pool: 'to put machines into it',
  network: 'to connect machines to it',
  datastore: 'to put disks on it',
  cloudInitIso: 'to put the CD-ROM image with cloud-init on it, and to remove that again',
  antiAffinity: 'to make the rule that keeps machines on different hosts',
  tags: 'to make, attach and remove the tags by which Slipway finds what it made',
  taggedFolder: 'so that what is in it can carry a tag',
  customAttributes: 'to define and set custom attributes',
  contentLibrary: 'to read the content library',
  libraryTarget: 'to deploy from the content library into it',
  storagePolicy: 'to see storage policies',
  cloudProvider: 'for the cloud provider, which looks for the nodes in it',
  csiRoot: 'for the CSI driver',
  csiNodes: 'for the CSI driver, which attaches volumes to the nodes in it',
  csiDatastore: 'for the CSI driver, which makes volumes on it',
};
