import * as v from 'valibot';
import type { Vcenter } from '../client/vcenter.ts';
import { hasCode } from '#shared/errors/define.ts';
import { inParallel } from '../rest/in-parallel.ts';
import { openRest, restId } from '../rest/rest.ts';

export interface Library {
  readonly id: string;
  readonly name: string;
  /** Items come from another vCenter, some only when they are used. */
  readonly subscribed: boolean;
}

export interface LibraryItem {
  readonly id: string;
  readonly name: string;
  /** `ovf` and `vm-template` become machines; `iso` and others do not. */
  readonly type: string;
  readonly sizeBytes: number;
  readonly description: string;
}

/** Items in the order of vCenter, which is the order of their ids. */
export interface LibraryPage {
  readonly items: readonly LibraryItem[];
  /** In the whole library. */
  readonly total: number;
}

/** The content libraries of one vCenter (vSphere Automation API, `com.vmware.content.{library,library.item}`). */
export interface Libraries {
  /** By name. One request, and one for each library. */
  list(signal: AbortSignal): Promise<readonly Library[]>;
  /** One request, and one for each item of the page. */
  items(library: Library, page: { from: number; count: number }, signal: AbortSignal): Promise<LibraryPage>;
  /** Every library of that name: names are not unique. Two requests, and one for each found. */
  find(name: string, signal: AbortSignal): Promise<readonly Library[]>;
  findItems(library: Library, name: string, signal: AbortSignal): Promise<readonly LibraryItem[]>;
}

const libraryPath = '/com/vmware/content/library';
const itemPath = '/com/vmware/content/library/item';

const ids = v.optional(v.array(v.string()), []);
const LibraryAnswer = v.object({ id: v.string(), name: v.string(), type: v.optional(v.string(), 'LOCAL') });
const ItemAnswer = v.object({
  id: v.string(),
  name: v.string(),
  type: v.optional(v.string(), ''),
  size: v.optional(v.number(), 0),
  description: v.nullish(v.string(), ''),
});

export function openLibraries(vcenter: Vcenter): Libraries {
  const rest = openRest(vcenter);
  const what = 'list the content libraries';
  const object = 'the content libraries';
  const privilege = 'ContentLibrary.ReadStorage';

  const ask = (method: 'GET' | 'POST', path: string, body: unknown, signal: AbortSignal) =>
    rest.send({ method, path, ...(body === undefined ? {} : { body }), answer: ids, what, object, privilege }, signal);
  const readLibraries = async (found: readonly string[], signal: AbortSignal): Promise<readonly Library[]> => {
    const read = await inParallel(found, (id) => {
      const path = `${libraryPath}/${restId(id)}`;
      return unlessGone(rest.send({ method: 'GET', path, answer: LibraryAnswer, what, object }, signal));
    });
    return read
      .flatMap((one) => (one ? [{ id: one.id, name: one.name, subscribed: one.type === 'SUBSCRIBED' }] : []))
      .toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  };
  const readItems = async (found: readonly string[], signal: AbortSignal): Promise<readonly LibraryItem[]> => {
    const read = await inParallel(found, (id) => {
      const path = `${itemPath}/${restId(id)}`;
      return unlessGone(rest.send({ method: 'GET', path, answer: ItemAnswer, what, object }, signal));
    });
    return read.flatMap((one) => {
      if (!one) return [];
      const { id, name, type, size, description } = one;
      return [{ id, name, type, sizeBytes: size, description }];
    });
  };

  return {
    list: async (signal) => readLibraries(await ask('GET', libraryPath, undefined, signal), signal),
    async items(library, { from, count }, signal) {
      const found = await ask('GET', `${itemPath}?library_id=${encodeURIComponent(library.id)}`, undefined, signal);
      const page = found.toSorted().slice(from, from + count);
      return { items: await readItems(page, signal), total: found.length };
    },
    async find(name, signal) {
      return await readLibraries(await ask('POST', `${libraryPath}?~action=find`, { spec: { name } }, signal), signal);
    },
    async findItems(library, name, signal) {
      const spec = { library_id: library.id, name };
      return await readItems(await ask('POST', `${itemPath}?~action=find`, { spec }, signal), signal);
    },
  };
}

async function unlessGone<T>(read: Promise<T>): Promise<T | undefined> {
  try {
    return await read;
  } catch (error) {
    if (hasCode(error, 'vsphere.not_found')) return undefined;
    throw error;
  }
}
