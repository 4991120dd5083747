import type { Ref } from './client/reference.ts';
import type { Vcenter } from './client/vcenter.ts';
import type { Inventory } from './inventory/inventory.ts';
import { purposes } from './preflight/privileges-held.ts';
import { missingPrivileges, type MissingPrivileges } from './privileges.ts';
import type { PrivilegeUse } from './required-privileges.ts';

export interface PrivilegesFound {
  /** As vCenter writes it. */
  readonly user: string;
  /** Empty: all is well. */
  readonly missing: readonly {
    readonly privilege: string;
    /** Of what kind: a role may be given on any one of these. */
    readonly object: string;
    readonly purpose: string;
  }[];
}

/**
 * What the session's user lacks for making machines, whatever the template: what he has on the root folder counts
 * everywhere, and otherwise one object of the kind is enough. Most users have a role on the root folder, so the inventory
 * is read only for those who have not. 2 calls then, and those of the inventory.
 */
export async function privilegesForCreate(
  vcenter: Vcenter,
  inventory: Pick<Inventory, 'places' | 'vms'>,
  signal: AbortSignal,
): Promise<PrivilegesFound> {
  const { userName: user } = await vcenter.session(signal);
  const object = vcenter.content.rootFolder;
  const onRoot = await missingPrivileges(
    vcenter,
    [...uses.keys()].map((use) => ({ use, object })),
    signal,
  );
  if (onRoot.length === 0) return { user, missing: [] };
  const candidates = await candidatesFor(inventory, signal);
  const needs = onRoot.flatMap(({ use }) => candidates(use).map((ref) => ({ use, object: ref })));
  const elsewhere = await missingPrivileges(vcenter, needs, signal);
  return {
    user,
    missing: onRoot.flatMap((root) => {
      const lacking = fewest(
        root,
        candidates(root.use).length,
        elsewhere.filter(({ use }) => use === root.use),
      );
      return lacking.map((privilege) => {
        return { privilege, object: uses.get(root.use)?.title ?? '', purpose: purposes[root.use] };
      });
    }),
  };
}

/** Of the object that lacks the fewest; none where one has all. Where nothing of the kind is to be seen, the root folder's. */
function fewest(root: MissingPrivileges, objects: number, lacking: readonly MissingPrivileges[]): readonly string[] {
  if (objects > lacking.length) return [];
  return lacking.reduce(
    (least, { privileges }) => (privileges.length < least.length ? privileges : least),
    root.privileges,
  );
}

type Kind = 'root' | 'folder' | 'source' | 'pool' | 'network' | 'datastore' | 'cluster';

/** What every template needs; custom attributes, content libraries and the like only some do. */
const uses: ReadonlyMap<PrivilegeUse, { readonly kind: Kind; readonly title: string }> = new Map([
  ['tags', { kind: 'root', title: 'the root folder of the vCenter' }],
  ['source', { kind: 'source', title: 'the template' }],
  ['folder', { kind: 'folder', title: 'the folder of the machines' }],
  ['taggedFolder', { kind: 'folder', title: 'the folder of the machines' }],
  ['pool', { kind: 'pool', title: 'the resource pool' }],
  ['network', { kind: 'network', title: 'the network' }],
  ['datastore', { kind: 'datastore', title: 'the datastore' }],
  ['cloudInitIso', { kind: 'datastore', title: 'the datastore' }],
  ['antiAffinity', { kind: 'cluster', title: 'the cluster of hosts' }],
]);

async function candidatesFor(
  inventory: Pick<Inventory, 'places' | 'vms'>,
  signal: AbortSignal,
): Promise<(use: PrivilegeUse) => readonly Ref[]> {
  const [places, vms] = await Promise.all([inventory.places(signal), inventory.vms(signal)]);
  const refs = (choices: readonly { readonly ref: Ref }[]) => choices.map(({ ref }) => ref);
  const templates = vms.filter(({ template }) => template);
  const byKind: Readonly<Record<Kind, readonly Ref[]>> = {
    root: [],
    folder: refs(places.folders),
    source: refs(templates.length > 0 ? templates : vms),
    pool: refs(places.pools),
    network: refs(places.networks),
    datastore: refs([...places.datastores, ...places.datastoreClusters]),
    cluster: refs(places.clusters.filter(({ kind }) => kind === 'cluster')),
  };
  return (use) => byKind[uses.get(use)?.kind ?? 'root'];
}
