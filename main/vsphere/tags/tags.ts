import { hasCode } from '#shared/errors/define.ts';
import { vsphereErrors } from '#shared/errors/vsphere.ts';
import type { ManagedRef, VsphereTag } from '#main/cluster/vsphere-port.ts';
import { refKey } from '../client/reference.ts';
import type { Vcenter } from '../client/vcenter.ts';
import { openRest } from '../rest/rest.ts';
import * as api from './tagging-api.ts';
import { TagNames } from './tag-names.ts';

/** The tags of one vCenter. Ids are looked up once; who is asked for by name is looked for anew. */
export interface TagsClient {
  has(tag: VsphereTag, signal: AbortSignal): Promise<boolean>;
  /** Makes category (many tags per object, every type) and tag where they are missing; so may another process meanwhile. */
  ensure(tag: VsphereTag, description: string, signal: AbortSignal): Promise<void>;
  /** Names of a category's tags, sorted. None when there is no such category. */
  list(category: string, signal: AbortSignal): Promise<readonly string[]>;
  /** Names of all categories, sorted. */
  categories(signal: AbortSignal): Promise<readonly string[]>;
  /**
   * No error when it is gone. A category that we made goes with its last tag, where the user may remove it. Should
   * another process be making a tag in it just then, that one makes both anew (`ensure`).
   */
  remove(tag: VsphereTag, signal: AbortSignal): Promise<void>;
  /**
   * One call per object, whatever the number of tags. What is attached already is left alone.
   * @throws `vsphere.not_found` for a tag that does not exist.
   */
  attach(refs: readonly ManagedRef[], tags: readonly VsphereTag[], signal: AbortSignal): Promise<void>;
  /** By `refKey`, each object in it. One call for 500 objects. */
  attachedTo(refs: readonly ManagedRef[], signal: AbortSignal): Promise<ReadonlyMap<string, readonly VsphereTag[]>>;
  /** Everything that carries a tag of this category; an object with two of its tags is there twice. */
  objectsWith(category: string, signal: AbortSignal): Promise<readonly { ref: ManagedRef; tag: string }[]>;
}

export function openTags(vcenter: Vcenter): TagsClient {
  const rest = openRest(vcenter);
  const names = new TagNames(rest);
  return {
    has: async (tag, signal) => (await names.lookFor(tag, signal)) !== undefined,
    async ensure(tag, description, signal) {
      if ((await names.lookFor(tag, signal)) !== undefined) return;
      try {
        await make(tag, description, signal);
      } catch (error) {
        // Another process has just removed the category with its last tag.
        if (!hasCode(error, 'vsphere.not_found')) throw error;
        names.forget();
        await make(tag, description, signal);
      }
    },
    list: (category, signal) => names.list(category, signal),
    categories: (signal) => names.categories(signal),
    async remove(tag, signal) {
      const id = await names.lookFor(tag, signal);
      if (id !== undefined) await unlessGone(api.deleteTag(rest, id, tagText(tag), signal));
      // Looked at even without the tag: an earlier try may have ended between the two.
      const category = await names.emptyCategory(tag.category, signal);
      if (category !== undefined) await unlessKept(api.deleteCategory(rest, category, tag.category, signal));
      names.forget();
    },
    async attach(refs, tags, signal) {
      if (tags.length === 0) return;
      for (const ref of refs) await attachOne(ref, tags, signal);
    },
    async attachedTo(refs, signal) {
      const rows = await api.tagsOf(rest, refs, signal);
      const tags = await names.namesOf([...new Set(rows.flatMap(({ tagIds }) => tagIds))], signal);
      const found = new Map<string, readonly VsphereTag[]>(refs.map((ref) => [refKey(ref), []]));
      for (const { ref, tagIds } of rows)
        found.set(refKey(ref), tagIds.flatMap((id) => tags.get(id) ?? []).toSorted(byTag));
      return found;
    },
    async objectsWith(category, signal) {
      const ids = await names.idsIn(category, signal);
      const rows = await api.objectsOf(rest, [...ids.values()], signal);
      const nameOf = new Map([...ids].map(([name, id]) => [id, name]));
      return rows.flatMap(({ tagId, refs }) => refs.map((ref) => ({ ref, tag: nameOf.get(tagId) ?? tagId })));
    },
  };

  async function make(tag: VsphereTag, description: string, signal: AbortSignal): Promise<void> {
    const category =
      (await names.categoryId(tag.category, signal)) ??
      (await unlessThere(api.createCategory(rest, tag.category, signal))) ??
      (await names.lookForCategory(tag.category, signal));
    if (category === undefined) throw notFound('make a tag', `tag category ${tag.category}`);
    await unlessThere(api.createTag(rest, category, tag.name, description, signal));
    if ((await names.lookFor(tag, signal)) === undefined) throw notFound('make a tag', tagText(tag));
  }

  async function attachOne(ref: ManagedRef, tags: readonly VsphereTag[], signal: AbortSignal): Promise<void> {
    const ids = (): Promise<readonly string[]> => Promise.all(tags.map((tag) => names.idOf(tag, signal)));
    const object = (): Promise<string> => vcenter.describe(ref);
    try {
      await api.attachTags(rest, ref, await ids(), object, signal);
    } catch (error) {
      if (!hasCode(error, 'vsphere.not_found')) throw error;
      // A tag may have been removed and made again since we learned its id.
      names.forget();
      await api.attachTags(rest, ref, await ids(), object, signal);
    }
  }
}

function tagText({ category, name }: VsphereTag): string {
  return `tag ${category}/${name}`;
}

function notFound(what: string, object: string) {
  return vsphereErrors.not_found({ what, object });
}

function byTag(a: VsphereTag, b: VsphereTag): number {
  const [first, second] = [`${a.category}/${a.name}`, `${b.category}/${b.name}`];
  return first < second ? -1 : first > second ? 1 : 0;
}

/** `undefined` when another process was quicker. */
async function unlessThere<T>(made: Promise<T>): Promise<T | undefined> {
  try {
    return await made;
  } catch (error) {
    if (hasCode(error, 'vsphere.name_taken')) return undefined;
    throw error;
  }
}

/** It may be gone, or the user may not remove it: then it stays for the next cluster. */
async function unlessKept(removed: Promise<void>): Promise<void> {
  try {
    await removed;
  } catch (error) {
    if (!hasCode(error, 'vsphere.not_found') && !hasCode(error, 'vsphere.no_permission')) throw error;
  }
}

async function unlessGone(removed: Promise<unknown>): Promise<void> {
  try {
    await removed;
  } catch (error) {
    if (!hasCode(error, 'vsphere.not_found')) throw error;
  }
}
