import * as v from 'valibot';
import { vsphereErrors } from '#shared/errors/vsphere.ts';
import type { ManagedRef } from '#main/cluster/vsphere-port.ts';
import { messageText, Messages } from '../rest/rest-error.ts';
import { nothing, restId, type Rest } from '../rest/rest.ts';

/** The requests of vSphere Automation's tagging service that we use: `com.vmware.cis.tagging.{category,tag,tag_association}`. */

const categoryPath = '/com/vmware/cis/tagging/category';
const tagPath = '/com/vmware/cis/tagging/tag';
const associationPath = '/com/vmware/cis/tagging/tag-association';

/** As many objects or tags as go into one question. vCenter takes 2000. */
const chunk = 500;

const ids = v.optional(v.array(v.string()), []);
const ObjectId = v.object({ type: v.string(), id: v.string() });
const what = 'look up tags';

export function categoryIds(rest: Rest, signal: AbortSignal): Promise<readonly string[]> {
  return rest.send({ method: 'GET', path: categoryPath, answer: ids, what, object: 'the tag categories' }, signal);
}

/** How a category of ours is known from one that a person has made with the same name. */
const ourDescription = 'Made by Slipway.';

export interface Category {
  readonly name: string;
  readonly ours: boolean;
}

export async function readCategory(rest: Rest, id: string, signal: AbortSignal): Promise<Category> {
  const answer = v.object({ name: v.string(), description: v.nullish(v.string()) });
  const path = `${categoryPath}/${restId(id)}`;
  const { name, description } = await rest.send(
    { method: 'GET', path, answer, what, object: `tag category ${id}` },
    signal,
  );
  return { name, ours: description === ourDescription };
}

export function tagIds(rest: Rest, categoryId: string, signal: AbortSignal): Promise<readonly string[]> {
  const path = `${tagPath}/${restId(categoryId)}?~action=list-tags-for-category`;
  return rest.send({ method: 'POST', path, answer: ids, what, object: `tag category ${categoryId}` }, signal);
}

export async function readTag(
  rest: Rest,
  id: string,
  signal: AbortSignal,
): Promise<{ readonly name: string; readonly categoryId: string }> {
  const answer = v.object({ name: v.string(), category_id: v.string() });
  const path = `${tagPath}/${restId(id)}`;
  const tag = await rest.send({ method: 'GET', path, answer, what, object: `tag ${id}` }, signal);
  return { name: tag.name, categoryId: tag.category_id };
}

/** @throws `vsphere.name_taken` */
export function createCategory(rest: Rest, name: string, signal: AbortSignal): Promise<string> {
  const create_spec = {
    name,
    description: ourDescription,
    cardinality: 'MULTIPLE',
    // None is every type.
    associable_types: [],
  };
  const object = `tag category ${name}`;
  const privilege = 'InventoryService.Tagging.CreateCategory';
  const request = { method: 'POST' as const, path: categoryPath, body: { create_spec }, answer: v.string() };
  return rest.send({ ...request, what: `make the ${object}`, object, privilege }, signal);
}

/** @throws `vsphere.name_taken` */
export function createTag(
  rest: Rest,
  categoryId: string,
  name: string,
  description: string,
  signal: AbortSignal,
): Promise<string> {
  const body = { create_spec: { category_id: categoryId, name, description } };
  const object = `tag ${name}`;
  const privilege = 'InventoryService.Tagging.CreateTag';
  const request = { method: 'POST' as const, path: tagPath, body, answer: v.string() };
  return rest.send({ ...request, what: `make the ${object}`, object, privilege }, signal);
}

/** With all tags in it. */
export async function deleteCategory(rest: Rest, id: string, name: string, signal: AbortSignal): Promise<void> {
  const request = { method: 'DELETE' as const, path: `${categoryPath}/${restId(id)}`, answer: nothing };
  const object = `tag category ${name}`;
  const privilege = 'InventoryService.Tagging.DeleteCategory';
  await rest.send({ ...request, what: `remove the ${object}`, object, privilege }, signal);
}

/** Takes it off every object. */
export async function deleteTag(rest: Rest, id: string, object: string, signal: AbortSignal): Promise<void> {
  const request = { method: 'DELETE' as const, path: `${tagPath}/${restId(id)}`, answer: nothing };
  const privilege = 'InventoryService.Tagging.DeleteTag';
  await rest.send({ ...request, what: `remove the ${object}`, object, privilege }, signal);
}

const Batch = v.object({ success: v.boolean(), error_messages: Messages });

/** @throws `vsphere.not_found` for a tag that is gone, `vsphere.refused` with vCenter's words otherwise. */
export async function attachTags(
  rest: Rest,
  ref: ManagedRef,
  tagIdsToAttach: readonly string[],
  object: () => Promise<string>,
  signal: AbortSignal,
): Promise<void> {
  const batch = await rest.send(
    {
      method: 'POST',
      path: `${associationPath}?~action=attach-multiple-tags-to-object`,
      body: { object_id: ref, tag_ids: tagIdsToAttach },
      answer: Batch,
      what: 'attach tags',
      object,
      privilege: 'InventoryService.Tagging.AttachTag',
    },
    signal,
  );
  if (batch.success) return;
  const messages = batch.error_messages;
  const message = messageText(messages);
  const gone = messages.some(({ id }) => /not_?found/i.test(id));
  const named = await object();
  throw gone
    ? vsphereErrors.not_found({ what: 'attach tags', object: `a tag of ${named}: ${message}` })
    : vsphereErrors.refused({ what: `attach tags to ${named}`, fault: messages[0]?.id ?? 'batch', message });
}

export async function tagsOf(
  rest: Rest,
  refs: readonly ManagedRef[],
  signal: AbortSignal,
): Promise<readonly { readonly ref: ManagedRef; readonly tagIds: readonly string[] }[]> {
  const Rows = v.optional(v.array(v.object({ object_id: ObjectId, tag_ids: v.nullish(v.array(v.string()), []) })), []);
  const path = `${associationPath}?~action=list-attached-tags-on-objects`;
  const found: { ref: ManagedRef; tagIds: readonly string[] }[] = [];
  for (const object_ids of chunks(refs)) {
    const body = { object_ids: object_ids.map(({ type, id }) => ({ type, id })) };
    const rows = await rest.send({ method: 'POST', path, body, answer: Rows, what, object: 'tagged objects' }, signal);
    found.push(...rows.map((row) => ({ ref: row.object_id, tagIds: row.tag_ids })));
  }
  return found;
}

export async function objectsOf(
  rest: Rest,
  tags: readonly string[],
  signal: AbortSignal,
): Promise<readonly { readonly tagId: string; readonly refs: readonly ManagedRef[] }[]> {
  const Rows = v.optional(v.array(v.object({ tag_id: v.string(), object_ids: v.nullish(v.array(ObjectId), []) })), []);
  const path = `${associationPath}?~action=list-attached-objects-on-tags`;
  const found: { tagId: string; refs: readonly ManagedRef[] }[] = [];
  for (const tag_ids of chunks(tags)) {
    const request = { method: 'POST' as const, path, body: { tag_ids }, answer: Rows };
    const rows = await rest.send({ ...request, what, object: 'tagged objects' }, signal);
    found.push(...rows.map((row) => ({ tagId: row.tag_id, refs: row.object_ids })));
  }
  return found;
}

function* chunks<T>(all: readonly T[]): Generator<readonly T[]> {
  for (let at = 0; at < all.length; at += chunk) yield all.slice(at, at + chunk);
}
