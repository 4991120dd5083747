import { vsphereErrors } from '#shared/errors/vsphere.ts';
import { child, children, refOf, textAt, type XmlElement } from './answer.ts';
import { refKey, type Ref } from './reference.ts';
import { kindOf, objectKey, type Watcher } from './watch.ts';

interface Entry {
  readonly ref: Ref;
  readonly watchers: Set<Watcher>;
  readonly values: Map<string, XmlElement>;
  /** vCenter has told how it stands. */
  told: boolean;
}

/** What has to be changed in the list in vCenter. */
export interface ListChange {
  readonly add: readonly Ref[];
  readonly remove: readonly Ref[];
}

/**
 * Objects of which the same properties are watched: a `ListView` with a filter in vCenter. An object is in it once at
 * most: what leaves and comes back between two of vCenter's looks is the same as before to it, and is not told anew.
 */
export class WatchList {
  readonly kind: string;
  readonly type: string;
  readonly paths: readonly string[];
  readonly #entries = new Map<string, Entry>();
  readonly #past = new Set<string>();
  #toAdd = new Map<string, Ref>();
  /** They wait for the next addition: an object more in the list does no harm. */
  #toRemove: Ref[] = [];

  constructor(first: Watcher) {
    this.kind = kindOf(first);
    this.type = first.object.type;
    this.paths = first.paths;
  }

  takes(watcher: Watcher): boolean {
    return this.kind === kindOf(watcher) && !this.#past.has(objectKey(watcher));
  }

  add(watcher: Watcher): void {
    const key = objectKey(watcher);
    const entry = this.#entries.get(key);
    if (!entry) {
      const { object: ref } = watcher;
      this.#entries.set(key, { ref, watchers: new Set([watcher]), values: new Map(), told: false });
      this.#toAdd.set(key, ref);
      return;
    }
    entry.watchers.add(watcher);
    if (entry.told) watcher.tell(entry.values);
  }

  remove(watcher: Watcher): void {
    const key = objectKey(watcher);
    const entry = this.#entries.get(key);
    if (!entry?.watchers.delete(watcher) || entry.watchers.size > 0) return;
    this.#entries.delete(key);
    if (this.#toAdd.delete(key)) return;
    this.#past.add(key);
    this.#toRemove.push(entry.ref);
  }

  /** `undefined` when nothing has to be added. */
  takeChange(): ListChange | undefined {
    if (this.#toAdd.size === 0) return undefined;
    const change = { add: [...this.#toAdd.values()], remove: this.#toRemove };
    this.#toAdd = new Map();
    this.#toRemove = [];
    return change;
  }

  /** From a `PropertyFilterUpdate` of its filter. */
  apply(update: XmlElement): void {
    const touched = new Set<Entry>();
    for (const changed of children(update, 'objectSet')) {
      const entry = this.#entries.get(keyOf(child(changed, 'obj')));
      if (!entry) continue; // nobody watches it any more
      const kind = textAt(changed, 'kind');
      if (kind === 'leave') {
        this.gone(entry.ref);
        continue;
      }
      if (kind === 'enter') entry.values.clear();
      applyChanges(changed, entry.values);
      entry.told = true;
      touched.add(entry);
    }
    for (const missing of children(update, 'missingObjects')) {
      const entry = this.#entries.get(keyOf(child(missing, 'obj')));
      if (entry) this.gone(entry.ref);
    }
    for (const { watchers, values } of touched) for (const watcher of watchers) watcher.tell(values);
  }

  /** vCenter forgets tasks after a while. */
  gone(ref: Ref): void {
    const entry = this.#entries.get(refKey(ref));
    for (const { what, fail } of entry?.watchers ?? []) {
      fail(vsphereErrors.not_found({ what, object: `${ref.type} ${ref.id}` }));
    }
  }
}

function keyOf(object: XmlElement | undefined): string {
  const ref = refOf(object);
  return ref ? refKey(ref) : '';
}

function applyChanges(changed: XmlElement, into: Map<string, XmlElement>): void {
  for (const change of children(changed, 'changeSet')) {
    const name = textAt(change, 'name');
    const value = child(change, 'val');
    if (name === undefined) continue;
    if (value) into.set(name, value);
    else into.delete(name);
  }
}
