import type { Finding } from '#main/cluster/vsphere-port.ts';
import type { NodeTemplate } from '#shared/spec/node-template.ts';
import { gibText, listText, stop, warn } from './finding.ts';
import type { SourceFacts } from './source-facts.ts';

/** So many machines of one template, on one datastore or datastore cluster. */
export interface SpaceWish {
  readonly template: Pick<NodeTemplate, 'name' | 'clone' | 'diskGiB' | 'disks' | 'memoryMiB'>;
  readonly count: number;
  /** `undefined` when not known: an item of a content library. */
  readonly source: Pick<SourceFacts, 'disks' | 'usedBytes'> | undefined;
  readonly store: SpaceStore;
}

export interface SpaceStore {
  readonly id: string;
  /** `datastore /DC0/datastore/LocalDS_0` */
  readonly title: string;
  readonly freeBytes: number;
}

/**
 * Whether each datastore has room for all machines of all templates on it. What is taken at once (thick disks, what thin
 * ones copy, a swap file of the size of the memory) must be free; what thin disks may grow to should be.
 */
export function datastoreSpace(wishes: readonly SpaceWish[]): readonly Finding[] {
  const stores = new Map(wishes.map(({ store }) => [store.id, store]));
  return [...stores.values()].flatMap((store) => {
    const here = wishes.filter((wish) => wish.store.id === store.id && wish.count > 0);
    const atOnce = sum(here.map((wish) => wish.count * machineBytes(wish).atOnce));
    const atMost = sum(here.map((wish) => wish.count * machineBytes(wish).atMost));
    const who = listText(here.map(({ template, count }) => `${String(count)} × ${template.name}`));
    const free = `${gibText(store.freeBytes)} are free`;
    if (atOnce > store.freeBytes) {
      const problem = `${who} need ${gibText(atOnce)}, and ${free}.`;
      const missing = gibText(atOnce - store.freeBytes);
      return [
        stop(store.title, problem, `Free ${missing}, choose another datastore, or make fewer or smaller machines.`),
      ];
    }
    if (atMost <= store.freeBytes) return [];
    const problem = `the thin disks of ${who} may grow to ${gibText(atMost)}, and ${free}.`;
    return [
      warn(store.title, problem, 'Watch its free space, or choose a larger datastore. A full one stops its machines.'),
    ];
  });
}

/** Of one machine. */
function machineBytes({ template, source }: SpaceWish): { readonly atOnce: number; readonly atMost: number } {
  const swap = template.memoryMiB * 2 ** 20;
  const [first, ...others] = source?.disks ?? [];
  const sizes = [
    // The first disk grows to what the template wants.
    Math.max(first?.capacityBytes ?? 0, template.clone === 'full' ? (template.diskGiB ?? 0) * 2 ** 30 : 0),
    ...others.map(({ capacityBytes }) => capacityBytes),
  ];
  const whole = sum(sizes);
  const thin = first?.thin ?? true;
  const copied = template.clone === 'linked' ? 0 : thin ? Math.min(source?.usedBytes ?? 0, whole) : whole;
  const more = template.disks.map(({ sizeGiB, thin: grows }) => ({ bytes: sizeGiB * 2 ** 30, grows }));
  const thick = sum(more.filter(({ grows }) => !grows).map(({ bytes }) => bytes));
  return { atOnce: copied + thick + swap, atMost: whole + sum(more.map(({ bytes }) => bytes)) + swap };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
