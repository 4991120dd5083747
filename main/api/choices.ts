import type { Choice, Places, Vm } from '#main/vsphere/inventory/choices.ts';
import { openInventory } from '#main/vsphere/inventory/inventory.ts';
import { search } from '#main/vsphere/inventory/search.ts';
import { openVcenterOf } from './vcenters.ts';
import type { World } from './world.ts';

/** What a node template names, in the order in which a person thinks of it. */
export const choiceKinds = [
  ...(['datacenters', 'templates', 'vms', 'clusters', 'hosts', 'pools'] as const),
  ...(['datastores', 'datastore-clusters', 'networks', 'folders'] as const),
] as const;
export type ChoiceKind = (typeof choiceKinds)[number];

/** Something of a vCenter to choose. */
export interface VsphereChoice {
  readonly kind: ChoiceKind;
  readonly name: string;
  /** Inventory path: what a node template names where the name alone is not unique. */
  readonly path: string;
  /** Managed object id. */
  readonly id: string;
  /** What helps to choose: `freeBytes`, `drs`, `snapshot` … */
  readonly details: Readonly<Record<string, string | number | boolean>>;
}

/**
 * What there is of these kinds, by path; only what has every word of the text in its path when there is one.
 * Templates and VMs are read only when they are asked for.
 */
export async function listChoices(
  world: World,
  credential: string,
  wanted: { readonly kinds: readonly ChoiceKind[]; readonly search: string },
  signal: AbortSignal,
): Promise<readonly VsphereChoice[]> {
  await using vcenter = await openVcenterOf(world, credential, signal);
  const inventory = openInventory(vcenter);
  const places = await inventory.places(signal);
  const needsVms = wanted.kinds.some((kind) => kind === 'templates' || kind === 'vms');
  const vms = needsVms ? await inventory.vms(signal) : [];
  return wanted.kinds.flatMap((kind) => {
    const rows = rowsOf(kind, places, vms);
    return search(rows, wanted.search).map(({ name, path, ref, details }) => ({
      kind,
      name,
      path,
      id: ref.id,
      details,
    }));
  });
}

interface Row extends Choice {
  readonly details: VsphereChoice['details'];
}

function rowsOf(kind: ChoiceKind, places: Places, vms: readonly Vm[]): readonly Row[] {
  switch (kind) {
    case 'datacenters':
      return rows(places.datacenters, () => ({}));
    case 'folders':
      return rows(places.folders, () => ({}));
    case 'pools':
      return rows(places.pools, () => ({}));
    case 'templates':
      return rows(
        vms.filter(({ template }) => template),
        ({ guestId, snapshot }) => ({ guestId, snapshot }),
      );
    case 'vms':
      return rows(
        vms.filter(({ template }) => !template),
        ({ guestId, poweredOn, snapshot }) => ({ guestId, poweredOn, snapshot }),
      );
    case 'clusters':
      return rows(places.clusters, ({ kind: type, hosts, drs }) => ({ type, hosts, drs }));
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

function rows<T extends Choice>(choices: readonly T[], details: (choice: T) => Row['details']): readonly Row[] {
  return choices.map((choice) => {
    const { ref, name, path, datacenter } = choice;
    return { ref, name, path, datacenter, details: details(choice) };
  });
}
