import type { Finding, VsphereTag } from '#main/cluster/vsphere-port.ts';
import type { NodeTemplate } from '#shared/spec/node-template.ts';
import type { TagsClient } from '../tags/tags.ts';
import { listText, stop } from './finding.ts';

/** What there is: the tags of each category that a template names. `undefined` for a category that is not there. */
export type KnownTags = ReadonlyMap<string, readonly string[] | undefined>;

/** Reads what the templates need, and that there is a REST API at all, which our own tags need. */
export async function readTags(
  client: TagsClient,
  templates: readonly NodeTemplate[],
  signal: AbortSignal,
): Promise<{ readonly categories: readonly string[]; readonly known: KnownTags }> {
  const categories = await client.categories(signal);
  const wanted = [...new Set(templates.flatMap(({ tags }) => tags.map(({ category }) => category)))];
  const known = new Map<string, readonly string[] | undefined>();
  for (const category of wanted) {
    known.set(category, categories.includes(category) ? await client.list(category, signal) : undefined);
  }
  return { categories, known };
}

/** Tags of a template exist already: what they mean in that vCenter is not ours to invent. */
export function tagsThere(
  template: Pick<NodeTemplate, 'name' | 'tags'>,
  categories: readonly string[],
  known: KnownTags,
): readonly Finding[] {
  const wanted = template.tags.map(({ category, tag }): VsphereTag => ({ category, name: tag }));
  return wanted.flatMap(({ category, name }) => {
    const tags = known.get(category);
    if (tags?.includes(name)) return [];
    const subject = `template ${template.name}`;
    return tags
      ? [stop(subject, `there is no tag "${name}" in the category "${category}".`, there('tags', tags))]
      : [stop(subject, `there is no tag category "${category}".`, there('categories', categories))];
  });
}

function there(kind: string, names: readonly string[]): string {
  const some = names.length === 0 ? `There are no ${kind}.` : `There are the ${kind} ${listText(names)}.`;
  return `${some} Choose one, or make it in vCenter.`;
}
