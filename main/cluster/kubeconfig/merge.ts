import { isMap, isScalar, isSeq, parseDocument, type Document, type YAMLSeq } from 'yaml';
import { kubeconfigErrors } from '#shared/errors/kubeconfig.ts';
import type { KubeconfigNames } from './build.ts';

const lists = ['clusters', 'users', 'contexts'] as const;

/**
 * Puts a cluster's entries into an existing kubeconfig. Everything else in it stays: other entries, preferences,
 * extensions, unknown keys, comments. Entries of ours are recognised by name only, also those of machines that left.
 * @param options.use makes ours the current context; without it the current one stays when there is one.
 * @throws `kubeconfig.unreadable`: a file that we do not understand is never overwritten.
 */
export function mergeKubeconfig(
  existing: string | undefined,
  ours: string,
  names: KubeconfigNames,
  options: { readonly use: boolean; readonly file: string },
): string {
  if (existing === undefined || existing.trim() === '') return ours;
  const document = readDocument(existing, options.file);
  const added = readDocument(ours, 'the new kubeconfig');
  for (const list of lists) replaceEntries(document, list, ownEntry(names), itemsOf(added, list));
  const current: unknown = document.get('current-context');
  if (options.use || typeof current !== 'string' || current === '') {
    document.set('current-context', names.endpoints[0] ?? '');
  }
  return document.toString({ lineWidth: 0 });
}

/** Takes a cluster's entries out again. */
export function removeFromKubeconfig(existing: string, names: KubeconfigNames, file: string): string {
  const document = readDocument(existing, file);
  for (const list of lists) replaceEntries(document, list, ownEntry(names), []);
  const current: unknown = document.get('current-context');
  if (typeof current === 'string' && ownEntry(names)(current)) document.set('current-context', '');
  return document.toString({ lineWidth: 0 });
}

function ownEntry({ endpoints, user }: KubeconfigNames): (name: string) => boolean {
  return (name) => name === user || endpoints.includes(name);
}

function readDocument(text: string, file: string): Document {
  const document = parseDocument(text);
  const [fault] = document.errors;
  if (fault) throw kubeconfigErrors.unreadable({ file, reason: fault.message.split('\n')[0] ?? '' });
  if (!isMap(document.contents)) throw kubeconfigErrors.unreadable({ file, reason: 'it is not a mapping' });
  return document;
}

function itemsOf(document: Document, list: string): readonly unknown[] {
  const found: unknown = document.get(list);
  return isSeq(found) ? found.items : [];
}

/** In place where an entry was, so that the order in the person's file does not jump about; new ones at the end. */
function replaceEntries(
  document: Document,
  list: string,
  isOurs: (name: string) => boolean,
  entries: readonly unknown[],
): void {
  const sequence = sequenceAt(document, list);
  const left = new Map(entries.map((entry) => [nameOf(entry), entry]));
  const items: unknown[] = [];
  for (const item of sequence.items) {
    const name = nameOf(item);
    const replacement = left.get(name);
    if (replacement !== undefined) {
      items.push(replacement);
      left.delete(name);
    } else if (!isOurs(name)) items.push(item);
  }
  sequence.items = [...items, ...left.values()];
  if (sequence.items.length > 0) sequence.flow = false;
}

function sequenceAt(document: Document, list: string): YAMLSeq {
  const found: unknown = document.get(list);
  if (isSeq(found)) return found;
  // kubectl itself writes `clusters: null` into an empty file.
  const created = document.createNode([]);
  document.set(list, created);
  return created;
}

function nameOf(item: unknown): string {
  if (!isMap(item)) return '';
  const name: unknown = item.get('name', true);
  return isScalar(name) && typeof name.value === 'string' ? name.value : '';
}
