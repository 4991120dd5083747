import { isMap, LineCounter, parseDocument } from 'yaml';
import { addonErrors } from '#shared/errors/addon.ts';
import type { KubeObject } from '../ports.ts';
import { type Manifest, type ManifestDocument, refOf, titleOf } from './manifest.ts';

/** One add-on of the spec with its text read. */
export interface AddOnText {
  readonly name: string;
  readonly text: string;
}

/**
 * All add-ons of the spec as one manifest. The texts go to kubectl as they are: it reads them by its own YAML rules;
 * ours are only to find mistakes before anything is applied, and to know what is made.
 * @throws `addon.yaml_invalid`, `addon.not_an_object`, `addon.duplicate`, each naming the document.
 */
export function userManifest(addons: readonly AddOnText[]): Manifest {
  const documents = addons.flatMap(parseAddOn);
  refuseDuplicates(documents);
  return {
    name: 'rke-user-addon',
    title: 'user add-ons',
    documents: documents.map(({ text, objects }) => ({ text, objects })),
    drift: 'presence',
    laggingNodes: 'fail',
  };
}

interface NamedDocument extends ManifestDocument {
  readonly addon: string;
}

function parseAddOn({ name, text }: AddOnText): readonly NamedDocument[] {
  return splitDocuments(text)
    .map((part, index) => parseOne(name, index + 1, part))
    .filter((document) => document.objects.length > 0); // comments only, or nothing between two separators
}

interface DocumentText {
  readonly text: string;
  /** Line of the add-on's text in which it begins, from 1. */
  readonly firstLine: number;
}

/** At lines that begin with `---`, as kubectl does before it parses anything. */
function splitDocuments(text: string): readonly DocumentText[] {
  const documents: { lines: string[]; firstLine: number }[] = [{ lines: [], firstLine: 1 }];
  text.split(/\r?\n/).forEach((line, index) => {
    if (/^---(\s|$)/.test(line)) documents.push({ lines: [line.slice(3).trimStart()], firstLine: index + 1 });
    else documents.at(-1)?.lines.push(line);
  });
  return documents
    .map(({ lines, firstLine }) => ({ text: lines.join('\n'), firstLine }))
    .filter(({ text: part }) => part.trim() !== '');
}

function parseOne(addon: string, document: number, { text, firstLine }: DocumentText): NamedDocument {
  const lineCounter = new LineCounter();
  const parsed = parseDocument(text, { lineCounter, prettyErrors: false, merge: true });
  const error = parsed.errors[0];
  if (error) {
    const line = firstLine + Math.max(0, lineCounter.linePos(error.pos[0]).line - 1);
    throw addonErrors.yaml_invalid({ addon, document, line, reason: error.message });
  }
  if (parsed.contents === null) return { addon, text, objects: [] };
  const value: unknown = isMap(parsed.contents) ? parsed.toJS({ maxAliasCount: 100 }) : undefined;
  return { addon, text, objects: objectsIn(value, { addon, document, line: firstLine }) };
}

interface Place {
  readonly addon: string;
  readonly document: number;
  readonly line: number;
}

function objectsIn(value: unknown, place: Place): readonly KubeObject[] {
  const fields = isRecord(value) ? value : {};
  const items: unknown = fields['items'];
  // kubectl applies the items of a List one by one.
  if (Array.isArray(items) && typeof fields['kind'] === 'string' && fields['kind'].endsWith('List')) {
    return items.flatMap((item: unknown) => objectsIn(item, place));
  }
  const missing = missingField(value);
  if (missing !== undefined) throw addonErrors.not_an_object({ ...place, missing });
  return isKubeObject(value) ? [value] : [];
}

function missingField(value: unknown): string | undefined {
  if (!isRecord(value)) return 'fields at all';
  if (typeof value['apiVersion'] !== 'string' || value['apiVersion'] === '') return 'apiVersion';
  if (typeof value['kind'] !== 'string' || value['kind'] === '') return 'kind';
  const metadata = value['metadata'];
  // generateName makes another object at each run: nobody could say what is ours.
  return isRecord(metadata) && typeof metadata['name'] === 'string' && metadata['name'] !== ''
    ? undefined
    : 'metadata.name';
}

function isKubeObject(value: unknown): value is KubeObject {
  return missingField(value) === undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refuseDuplicates(documents: readonly NamedDocument[]): void {
  const seen = new Map<string, string>();
  for (const { addon, objects } of documents) {
    for (const object of objects) {
      const ref = refOf(object);
      const key = `${ref.apiVersion} ${titleOf(ref)}`;
      const first = seen.get(key);
      if (first !== undefined) throw addonErrors.duplicate({ object: titleOf(ref), first, second: addon });
      seen.set(key, addon);
    }
  }
}
