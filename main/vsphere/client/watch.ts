import { hasCode } from '#shared/errors/define.ts';
import { vsphereErrors } from '#shared/errors/vsphere.ts';
import { child, children, refOf, textAt, type XmlElement } from './answer.ts';
import { objectsFilter } from './property-filter.ts';
import { refKey, type Ref } from './reference.ts';
import type { Vcenter } from './vcenter.ts';

export interface Watch {
  /** What it is for, as a person says it: "follow a task". */
  readonly what: string;
  readonly object: Ref;
  readonly paths: readonly string[];
}

/** By path. A property that is unset is not in it. */
export type Values = ReadonlyMap<string, XmlElement>;

/** Shorter than the time a firewall forgets a silent connection in. */
const pollMs = 60_000;

/**
 * Waits until `see` finds what it wants in an object's properties. It is called with all of them at first and after each
 * change. Costs 3 calls and one for each change, whatever else goes on in vCenter.
 * @throws `vsphere.not_found` when the object is not there (any more); what calls throw; the signal's reason.
 */
export async function watchObject<T>(
  vcenter: Vcenter,
  watch: Watch,
  see: (values: Values) => T | undefined,
  signal: AbortSignal,
): Promise<T> {
  for (;;) {
    try {
      return await watchInSession(vcenter, watch, see, signal);
    } catch (error) {
      // What we wait for goes on without our session; only the collector is gone with it.
      if (!hasCode(error, 'vsphere.session_expired')) throw error;
    }
  }
}

/** A collector of its own: a stop of this wait disturbs nobody else's. */
async function watchInSession<T>(
  vcenter: Vcenter,
  { what, object, paths }: Watch,
  see: (values: Values) => T | undefined,
  signal: AbortSignal,
): Promise<T> {
  const target = vcenter.content.propertyCollector;
  const made = await vcenter.callInSession({ method: 'CreatePropertyCollector', target, what }, signal);
  const collector = refOf(child(made, 'returnval'));
  if (!collector) throw vsphereErrors.not_vcenter({ address: vcenter.address, reason: 'it made no collector' });
  try {
    // Whole values: a part of a list (`guest.net[4000]`) would have to be put into it by us.
    const args = { spec: objectsFilter([object], [{ type: object.type, paths }]), partialUpdates: false };
    await vcenter.callInSession({ method: 'CreateFilter', target: collector, args, what }, signal);
    const values = new Map<string, XmlElement>();
    for (let version = ''; ;) {
      const update = await waitForUpdate(vcenter, { collector, version, what }, signal);
      if (!update) continue;
      version = textAt(update, 'version') ?? version;
      if (!applyChanges(update, object, values)) {
        throw vsphereErrors.not_found({ what, object: `${object.type} ${object.id}` });
      }
      const wanted = see(values);
      if (wanted !== undefined) return wanted;
    }
  } finally {
    const destroy = { method: 'DestroyPropertyCollector', target: collector };
    await vcenter.callInSession(destroy, AbortSignal.timeout(5_000)).catch(() => {
      // It goes with the session.
    });
  }
}

/** `undefined` when nothing has happened for a while. */
async function waitForUpdate(
  vcenter: Vcenter,
  { collector, version, what }: { readonly collector: Ref; readonly version: string; readonly what: string },
  signal: AbortSignal,
): Promise<XmlElement | undefined> {
  const args = { version, options: { maxWaitSeconds: pollMs / 1000 } };
  const call = { method: 'WaitForUpdatesEx', target: collector, args, what, waitsMs: pollMs };
  return child(await vcenter.callInSession(call, signal), 'returnval');
}

/** Answers false when the object is not there (any more): vCenter forgets tasks after a while. */
function applyChanges(update: XmlElement, object: Ref, into: Map<string, XmlElement>): boolean {
  for (const filter of children(update, 'filterSet')) {
    for (const changed of children(filter, 'objectSet')) {
      const about = refOf(child(changed, 'obj'));
      if (!about || refKey(about) !== refKey(object)) continue;
      if (textAt(changed, 'kind') === 'leave') return false;
      for (const change of children(changed, 'changeSet')) {
        const name = textAt(change, 'name');
        const value = child(change, 'val');
        if (name === undefined) continue;
        if (value) into.set(name, value);
        else into.delete(name);
      }
    }
    if (children(filter, 'missingObjects').length > 0) return false;
  }
  return true;
}
