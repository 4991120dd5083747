import type { Vcenter } from '../client/vcenter.ts';
import { openLibraries, type Library, type LibraryPage } from '../library/libraries.ts';
import { openTags } from '../tags/tags.ts';
import type { CustomAttribute, Places, Vm } from './choices.ts';
import { readCustomAttributes } from './read-custom-attributes.ts';
import { readPlaces } from './read-places.ts';
import { readVms } from './read-vms.ts';

/** What there is to choose from in one vCenter. Nothing is read before it is asked for, and then once. */
export interface Inventory {
  /** Everything but VMs. */
  places(signal: AbortSignal): Promise<Places>;
  /** Templates and VMs: in a large vCenter there are a hundred times more of them than of everything else. */
  vms(signal: AbortSignal): Promise<readonly Vm[]>;
  /** Those that a VM can have, by name. */
  customAttributes(signal: AbortSignal): Promise<readonly CustomAttribute[]>;
  /** Names, sorted. This and what follows needs the REST API: `vsphere.no_rest` where there is none. */
  tagCategories(signal: AbortSignal): Promise<readonly string[]>;
  /** Names of a category's tags, sorted. */
  tags(category: string, signal: AbortSignal): Promise<readonly string[]>;
  /** Content libraries, by name. */
  libraries(signal: AbortSignal): Promise<readonly Library[]>;
  /** Not kept: a library may have thousands. */
  libraryItems(library: Library, page: { from: number; count: number }, signal: AbortSignal): Promise<LibraryPage>;
  /** The next question asks vCenter again. */
  forget(): void;
}

export function openInventory(vcenter: Vcenter): Inventory {
  const kept = new Map<string, Promise<unknown>>();
  const once = <T>(what: string, read: () => Promise<T>): Promise<T> => {
    const known = kept.get(what) as Promise<T> | undefined;
    if (known) return known;
    const reading = read().catch((error: unknown) => {
      kept.delete(what); // a failed look is not kept
      throw error;
    });
    kept.set(what, reading);
    return reading;
  };
  const readTree = (signal: AbortSignal) => once('places', () => readPlaces(vcenter, signal));
  return {
    places: async (signal) => (await readTree(signal)).places,
    vms: (signal) => once('vms', async () => readVms(vcenter, (await readTree(signal)).tree, signal)),
    customAttributes: (signal) => once('custom attributes', () => readCustomAttributes(vcenter, signal)),
    tagCategories: (signal) => once('tag categories', () => openTags(vcenter).categories(signal)),
    tags: (category, signal) => once(`tags of ${category}`, () => openTags(vcenter).list(category, signal)),
    libraries: (signal) => once('libraries', () => openLibraries(vcenter).list(signal)),
    libraryItems: (library, page, signal) => openLibraries(vcenter).items(library, page, signal),
    forget: () => kept.clear(),
  };
}
