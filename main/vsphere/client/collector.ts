import { hasCode } from '#shared/errors/define.ts';
import { vsphereErrors } from '#shared/errors/vsphere.ts';
import { child, children, refOf, textAt, type XmlElement } from './answer.ts';
import { typed, type VimStruct } from './envelope.ts';
import type { Ref } from './reference.ts';
import type { SessionCalls } from './session-calls.ts';
import type { VimCall } from './soap.ts';
import { WatchList } from './watch-list.ts';
import type { Watcher } from './watch.ts';

/** Shorter than the time a firewall forgets a silent connection in. */
const pollMs = 60_000;
const tidyMs = 5_000;
const what = 'follow what happens in vCenter';

/** A list in vCenter, while it is being made, and changed by one call at a time. */
interface Listed {
  readonly list: WatchList;
  readonly made: Promise<{ readonly view: Ref; readonly filter: Ref }>;
  filterId: string;
  changing: boolean;
}

/**
 * A property collector of one session, and the one `WaitForUpdatesEx` that waits for all who wait: it runs only while
 * somebody does. Objects come and go by `ModifyListView`, which such a call notices while it waits (vSphere Web Services
 * SDK Programming Guide, "PropertyCollector": a filter follows its `ListView`); those that come at the same time come by
 * one call.
 */
export class Collector {
  readonly #vcenter: SessionCalls;
  readonly #lost: (error: unknown) => void;
  readonly #over = new AbortController();
  readonly #lists: Listed[] = [];
  readonly #watchers = new Set<Watcher>();
  #made: Promise<Ref> | undefined;
  #session = '';
  #version = '';
  #waiting = false;

  /** @param lost Is told once when it is of no use any more: `vsphere.session_expired` when another one would be. */
  constructor(vcenter: SessionCalls, lost: (error: unknown) => void) {
    this.#vcenter = vcenter;
    this.#lost = lost;
  }

  add(watcher: Watcher): void {
    this.#watchers.add(watcher);
    let listed = this.#lists.find(({ list }) => list.takes(watcher));
    if (!listed) {
      const list = new WatchList(watcher);
      listed = { list, made: this.#makeList(list), filterId: '', changing: false };
      listed.made.catch(() => {}); // who changes the list hears of it
      this.#lists.push(listed);
    }
    listed.list.add(watcher);
    this.#follow(listed).catch((error: unknown) => this.#end(error));
  }

  remove(watcher: Watcher): void {
    this.#watchers.delete(watcher);
    for (const { list } of this.#lists) list.remove(watcher);
  }

  async #follow(listed: Listed): Promise<void> {
    await this.#change(listed);
    if (this.#waiting) return;
    this.#waiting = true;
    try {
      while (this.#watchers.size > 0 && !this.#over.signal.aborted) await this.#waitForNews();
    } finally {
      this.#waiting = false;
    }
  }

  async #change(listed: Listed): Promise<void> {
    if (listed.changing) return; // its turn comes after the call that is under way
    listed.changing = true;
    try {
      const { view, filter } = await listed.made;
      listed.filterId = filter.id;
      for (let change = listed.list.takeChange(); change; change = listed.list.takeChange()) {
        const answer = await this.#call({ method: 'ModifyListView', target: view, args: { ...change } });
        for (const unknown of children(answer, 'returnval').flatMap((one) => refOf(one) ?? [])) {
          listed.list.gone(unknown);
        }
      }
    } finally {
      listed.changing = false;
    }
  }

  async #waitForNews(): Promise<void> {
    const target = await this.#collector();
    const args = { version: this.#version, options: { maxWaitSeconds: pollMs / 1000 } };
    const answer = await this.#call({ method: 'WaitForUpdatesEx', target, args, waitsMs: pollMs });
    const update = child(answer, 'returnval');
    if (!update) return; // nothing has happened for a while
    this.#version = textAt(update, 'version') ?? this.#version;
    for (const ofFilter of children(update, 'filterSet')) {
      const filterId = refOf(child(ofFilter, 'filter'))?.id;
      this.#lists.find((listed) => listed.filterId === filterId)?.list.apply(ofFilter);
    }
  }

  async #makeList(list: WatchList): Promise<{ readonly view: Ref; readonly filter: Ref }> {
    const collector = await this.#collector();
    const view = await this.#make({ method: 'CreateListView', target: this.#vcenter.content.viewManager });
    // Whole values: a part of a list (`guest.net[4000]`) would have to be put into it by us.
    const args = { spec: listFilter(view, list), partialUpdates: false };
    const filter = await this.#make({ method: 'CreateFilter', target: collector, args });
    return { view, filter };
  }

  #collector(): Promise<Ref> {
    this.#made ??= this.#makeCollector();
    return this.#made;
  }

  async #makeCollector(): Promise<Ref> {
    this.#session = (await this.#vcenter.session(this.#over.signal)).key;
    return await this.#make({ method: 'CreatePropertyCollector', target: this.#vcenter.content.propertyCollector });
  }

  async #make(call: VimCall): Promise<Ref> {
    const made = refOf(child(await this.#call(call), 'returnval'));
    if (made) return made;
    throw vsphereErrors.not_vcenter({ address: this.#vcenter.address, reason: `${call.method} made nothing` });
  }

  /** @throws `vsphere.session_expired` also when only another call has noticed that. */
  async #call(call: VimCall): Promise<XmlElement> {
    const { signal } = this.#over;
    try {
      return await this.#vcenter.callInSession({ ...call, what }, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (hasCode(error, 'vsphere.session_expired') || (await this.#vcenter.session(signal)).key === this.#session) {
        throw error;
      }
      throw vsphereErrors.session_expired({ address: this.#vcenter.address, what });
    }
  }

  /** Stops the call that waits: it would go on in vCenter. */
  #end(error: unknown): void {
    if (this.#over.signal.aborted) return;
    this.#over.abort(error);
    this.#lost(error);
    if (hasCode(error, 'vsphere.session_expired')) return; // vCenter has none of it any more
    this.#made
      ?.then((target) =>
        this.#vcenter.callInSession({ method: 'DestroyPropertyCollector', target }, AbortSignal.timeout(tidyMs)),
      )
      .catch(() => {}); // it goes with the session
  }
}

function listFilter(view: Ref, { type, paths }: WatchList): VimStruct {
  const select = { name: 'listed', type: 'ListView', path: 'view', skip: false };
  return {
    propSet: [{ type, all: false, pathSet: paths }],
    objectSet: { obj: view, skip: true, selectSet: typed('TraversalSpec', select) },
  };
}
