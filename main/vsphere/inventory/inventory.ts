import type { Vcenter } from '../client/vcenter.ts';
import { openLibraries, type Library, type LibraryPage } from '../library/libraries.ts';
import type { Ref } from '../client/reference.ts';
import { openTags } from '../tags/tags.ts';
import type { CustomAttribute, Places, Vm, VmDetails } from './choices.ts';
import { readCustomAttributes } from './read-custom-attributes.ts';
import { readPlaces } from './read-places.ts';
import { readVmDetails, readVms } from './read-vms.ts';

/** What there is to choose from in one vCenter. Nothing is read before it is asked for, and then once. */
export interface Inventory {
  /** Everything but VMs. */
  places(signal: AbortSignal): Promise<Places>;
  /** Templates and VMs: in a large vCenter there are a hundred times more of them than of everything else. */
  vms(signal: AbortSignal): Promise<readonly Vm[]>;
  /** By managed object id; without those that are gone. Not kept. */
  vmDetails(vms: readonly Ref[], signal: AbortSignal): Promise<ReadonlyMap<string, VmDetails>>;
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
  const trees = new Kept<Awaited<ReturnType<typeof readPlaces>>>();
  const vms = new Kept<readonly Vm[]>();
  const attributes = new Kept<readonly CustomAttribute[]>();
  const names = new Kept<readonly string[]>();
  const libraries = new Kept<readonly Library[]>();
  const readTree = (signal: AbortSignal) => trees.get('', () => readPlaces(vcenter, signal));
  return {
    places: async (signal) => (await readTree(signal)).places,
    vms: (signal) => vms.get('', async () => readVms(vcenter, (await readTree(signal)).tree, signal)),
    vmDetails: (vms, signal) => readVmDetails(vcenter, vms, signal),
    customAttributes: (signal) => attributes.get('', () => readCustomAttributes(vcenter, signal)),
    tagCategories: (signal) => names.get('categories', () => openTags(vcenter).categories(signal)),
    tags: (category, signal) => names.get(`tags of ${category}`, () => openTags(vcenter).list(category, signal)),
    libraries: (signal) => libraries.get('', () => openLibraries(vcenter).list(signal)),
    libraryItems: (library, page, signal) => openLibraries(vcenter).items(library, page, signal),
    forget() {
      for (const kept of [trees, vms, attributes, names, libraries]) kept.forget();
    },
  };
}

/** What was read, by what it was. A failed look is not kept. */
class Kept<T> {
  readonly #known = new Map<string, Promise<T>>();

  get(key: string, read: () => Promise<T>): Promise<T> {
    const known = this.#known.get(key);
    if (known) return known;
    const reading = read().catch((error: unknown) => {
      if (this.#known.get(key) === reading) this.#known.delete(key);
      throw error;
    });
    this.#known.set(key, reading);
    return reading;
  }

  forget(): void {
    this.#known.clear();
  }
}
