import type { Choice, Places } from '#main/vsphere/inventory/choices.ts';
import { type Inventory, openInventory } from '#main/vsphere/inventory/inventory.ts';
import { search } from '#main/vsphere/inventory/search.ts';
import { choiceKinds } from '#shared/contract/vsphere.ts';
import { openVcenterOf } from './vcenters.ts';
import type { World } from '#main/api/world.ts';

export { choiceKinds };
export type ChoiceKind = (typeof choiceKinds)[number];

/** Read only when they are asked for: there may be thousands, or no REST API to ask. */
const dear: ReadonlySet<ChoiceKind> = new Set(['vms', 'library-items', 'tags']);
export const usualKinds: readonly ChoiceKind[] = choiceKinds.filter((kind) => !dear.has(kind));

/** Something of a vCenter to choose. */
export interface VsphereChoice {
  readonly kind: ChoiceKind;
  readonly name: string;
  /** Inventory path: what a node template names where the name alone is not unique; `library/item`, `category/tag`. */
  readonly path: string;
  /** Managed object id, or vCenter's id or key of what is none. */
  readonly id: string;
  /** What helps to choose: `freeBytes`, `drs`, `snapshot` … */
  readonly details: Readonly<Record<string, string | number | boolean>>;
  /** Of a cluster: ids of the datastores and networks that its hosts have. */
  readonly reaches?: string[];
}

/**
 * What there is of these kinds, by path; only what has every word of the text in its path when there is one.
 */
export async function listChoices(
  world: World,
  credential: string,
  wanted: { readonly kinds: readonly ChoiceKind[]; readonly search: string },
  signal: AbortSignal,
): Promise<readonly VsphereChoice[]> {
  await using vcenter = await openVcenterOf(world, credential, signal);
  const inventory = openInventory(vcenter);
  const choices: VsphereChoice[] = [];
  for (const kind of wanted.kinds) {
    const found = await withDetails(
      kind,
      search(await rowsOf(kind, inventory, signal), wanted.search),
      inventory,
      signal,
    );
    choices.push(
      ...found.map(({ name, path, ref, details, reaches }) => {
        return { kind, name, path, id: ref.id, details, ...(reaches ? { reaches } : {}) };
      }),
    );
  }
  return choices;
}

interface Row extends Choice {
  readonly details: VsphereChoice['details'];
  readonly reaches?: string[];
}

/** The inventory reads once what several kinds are found in. */
async function rowsOf(kind: ChoiceKind, inventory: Inventory, signal: AbortSignal): Promise<readonly Row[]> {
  switch (kind) {
    case 'templates':
      return rows(
        (await inventory.vms(signal)).filter(({ template }) => template),
        () => ({}),
      );
    case 'vms':
      return rows(
        (await inventory.vms(signal)).filter(({ template }) => !template),
        () => ({}),
      );
    case 'library-items':
      return libraryItems(inventory, signal);
    case 'tags':
      return tags(inventory, signal);
    case 'custom-attributes':
      return (await inventory.customAttributes(signal)).map(({ key, name, onlyVms }) =>
        plainRow(kind, String(key), name, name, { onlyVms }),
      );
    default:
      return placesOf(kind, await inventory.places(signal));
  }
}

/** Of templates and VMs more than the name is read only now that the search is over: there may be thousands. */
async function withDetails(
  kind: ChoiceKind,
  found: readonly Row[],
  inventory: Inventory,
  signal: AbortSignal,
): Promise<readonly Row[]> {
  if (kind !== 'templates' && kind !== 'vms') return found;
  const known = await inventory.vmDetails(
    found.map(({ ref }) => ref),
    signal,
  );
  return found.map((row) => {
    const details = known.get(row.ref.id);
    if (!details) return row; // removed since
    const { guestId, poweredOn, snapshot } = details;
    return { ...row, details: kind === 'vms' ? { guestId, poweredOn, snapshot } : { guestId, snapshot } };
  });
}

type PlaceKind = Exclude<ChoiceKind, 'templates' | 'vms' | 'library-items' | 'tags' | 'custom-attributes'>;

function placesOf(kind: PlaceKind, places: Places): readonly Row[] {
  switch (kind) {
    case 'datacenters':
      return rows(places.datacenters, () => ({}));
    case 'folders':
      return rows(places.folders, () => ({}));
    case 'pools':
      return rows(places.pools, () => ({}));
    case 'clusters':
      return places.clusters.map((cluster) => {
        const { kind: type, hosts, drs, datastores, networks } = cluster;
        return { ...cluster, details: { type, hosts, drs }, reaches: [...datastores, ...networks].map(({ id }) => id) };
      });
    case 'hosts':
      return rows(places.hosts, ({ version, connected, inMaintenance }) => ({ version, connected, inMaintenance }));
    case 'datastores':
      return rows(places.datastores, ({ kind: type, freeBytes, capacityBytes, shared, accessible, inMaintenance }) => {
        return { type, freeBytes, capacityBytes, shared, accessible, inMaintenance };
      });
    case 'datastore-clusters':
      return rows(places.datastoreClusters, ({ freeBytes, capacityBytes }) => ({ freeBytes, capacityBytes }));
    case 'networks':
      return rows(places.networks, ({ kind: type }) => ({ type }));
  }
}

const itemsAtATime = 100;

async function libraryItems(inventory: Inventory, signal: AbortSignal): Promise<readonly Row[]> {
  const found: Row[] = [];
  for (const library of await inventory.libraries(signal)) {
    for (let from = 0, total = 1; from < total; from += itemsAtATime) {
      const page = await inventory.libraryItems(library, { from, count: itemsAtATime }, signal);
      total = page.total;
      for (const { id, name, type, sizeBytes } of page.items) {
        found.push(plainRow('library-items', id, name, `${library.name}/${name}`, { type, sizeBytes }));
      }
    }
  }
  return found;
}

async function tags(inventory: Inventory, signal: AbortSignal): Promise<readonly Row[]> {
  const found: Row[] = [];
  for (const category of await inventory.tagCategories(signal)) {
    const names = await inventory.tags(category, signal);
    found.push(...names.map((name) => plainRow('tags', `${category}/${name}`, name, `${category}/${name}`, {})));
  }
  return found;
}

function plainRow(type: ChoiceKind, id: string, name: string, path: string, details: Row['details']): Row {
  return { ref: { type, id }, name, path, datacenter: undefined, details };
}

function rows<T extends Choice>(choices: readonly T[], details: (choice: T) => Row['details']): readonly Row[] {
  return choices.map((choice) => {
    const { ref, name, path, datacenter } = choice;
    return { ref, name, path, datacenter, details: details(choice) };
  });
}
