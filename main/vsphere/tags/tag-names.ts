import { hasCode } from '#shared/errors/define.ts';
import { vsphereErrors } from '#shared/errors/vsphere.ts';
import type { VsphereTag } from '#main/cluster/vsphere-port.ts';
import type { Rest } from '../rest/rest.ts';
import { inParallel } from '../rest/in-parallel.ts';
import * as api from './tagging-api.ts';

/**
 * Which name has which id. REST lists ids only, so that each name costs a call; what was read once is kept, and a fresh
 * look costs one call for the list and one for each id that is new in it.
 */
export class TagNames {
  readonly #rest: Rest;
  /** By id. */
  #categories = new Map<string, api.Category>();
  #tags = new Map<string, { readonly name: string; readonly categoryId: string }>();

  constructor(rest: Rest) {
    this.#rest = rest;
  }

  /** Everything is asked for again. */
  forget(): void {
    this.#categories = new Map();
    this.#tags = new Map();
  }

  /** A fresh look. */
  async lookFor(tag: VsphereTag, signal: AbortSignal): Promise<string | undefined> {
    return (await this.idsIn(tag.category, signal)).get(tag.name);
  }

  async lookForCategory(name: string, signal: AbortSignal): Promise<string | undefined> {
    await this.#readCategories(signal);
    return idOf(this.#categories, name);
  }

  /** As known, or looked for. */
  async categoryId(name: string, signal: AbortSignal): Promise<string | undefined> {
    return idOf(this.#categories, name) ?? (await this.lookForCategory(name, signal));
  }

  /**
   * As known, or looked for.
   * @throws `vsphere.not_found`
   */
  async idOf({ category, name }: VsphereTag, signal: AbortSignal): Promise<string> {
    const categoryId = await this.categoryId(category, signal);
    for (const [id, tag] of this.#tags) {
      if (tag.categoryId === categoryId && tag.name === name) return id;
    }
    const found = await this.lookFor({ category, name }, signal);
    if (found !== undefined) return found;
    throw vsphereErrors.not_found({ what: 'attach a tag', object: `tag ${category}/${name}` });
  }

  /** A fresh look: the id of a category that we made and that no tag is in. */
  async emptyCategory(name: string, signal: AbortSignal): Promise<string | undefined> {
    const tags = await this.idsIn(name, signal);
    const id = idOf(this.#categories, name);
    return tags.size === 0 && id !== undefined && this.#categories.get(id)?.ours ? id : undefined;
  }

  /** A fresh look at a category's tags: id by name. */
  async idsIn(category: string, signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
    const categoryId = await this.lookForCategory(category, signal);
    if (categoryId === undefined) return new Map();
    const ids = await ifThere(api.tagIds(this.#rest, categoryId, signal));
    const tags = await this.#readTags(ids ?? [], signal);
    return new Map([...tags].map(([id, { name }]) => [name, id]));
  }

  async list(category: string, signal: AbortSignal): Promise<readonly string[]> {
    return [...(await this.idsIn(category, signal)).keys()].toSorted();
  }

  async categories(signal: AbortSignal): Promise<readonly string[]> {
    await this.#readCategories(signal);
    return [...this.#categories.values()].map(({ name }) => name).toSorted();
  }

  /** Those that are gone meanwhile are not in it. */
  async namesOf(ids: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, VsphereTag>> {
    const tags = await this.#readTags(ids, signal);
    const known = [...tags.values()].every(({ categoryId }) => this.#categories.has(categoryId));
    if (!known) await this.#readCategories(signal);
    return new Map(
      [...tags].map(([id, { name, categoryId }]) => [
        id,
        { category: this.#categories.get(categoryId)?.name ?? categoryId, name },
      ]),
    );
  }

  async #readCategories(signal: AbortSignal): Promise<void> {
    const ids = await api.categoryIds(this.#rest, signal);
    const read = await inParallel(ids, async (id) => {
      const category = this.#categories.get(id) ?? (await ifThere(api.readCategory(this.#rest, id, signal)));
      return category ? [[id, category] as const] : [];
    });
    this.#categories = new Map(read.flat());
  }

  async #readTags(ids: readonly string[], signal: AbortSignal) {
    const read = await inParallel(ids, async (id) => {
      const tag = this.#tags.get(id) ?? (await ifThere(api.readTag(this.#rest, id, signal)));
      return tag ? [[id, tag] as const] : [];
    });
    const tags = new Map(read.flat());
    for (const [id, tag] of tags) this.#tags.set(id, tag);
    return tags;
  }
}

function idOf(categories: ReadonlyMap<string, api.Category>, wanted: string): string | undefined {
  for (const [id, { name }] of categories) if (name === wanted) return id;
  return undefined;
}

/** `undefined` for what was removed between the list and the look. */
async function ifThere<T>(read: Promise<T>): Promise<T | undefined> {
  try {
    return await read;
  } catch (error) {
    if (hasCode(error, 'vsphere.not_found')) return undefined;
    throw error;
  }
}
