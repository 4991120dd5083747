import { hasCode } from '#shared/errors/define.ts';
import { vsphereErrors } from '#shared/errors/vsphere.ts';
import { child, children, refOf, textAt, type XmlElement } from './answer.ts';
import { objectsFilter, readObject, viewFilter, type ObjectProperties, type PropertySet } from './property-filter.ts';
import type { Ref } from './reference.ts';
import type { Vcenter } from './vcenter.ts';

export interface Listing {
  /** What it is for, as a person says it: "list the networks". */
  readonly what: string;
  /** Where to look, with everything below; the whole inventory when left out. */
  readonly container?: Ref;
  readonly sets: readonly PropertySet[];
}

/**
 * vCenter may send fewer. Reading ten thousand VMs takes about 90 MB of memory with this, and 170 MB with twice as many;
 * with fewer, the round trips to a vCenter far away would count.
 */
export const pageSize = 250;

/**
 * Reads properties of all objects of some types. Costs 3 calls, and one for each further page.
 * @param take Turns each object into what is kept of it, so that a page's XML can go when the next one comes.
 * @throws what calls throw. A session that ends on the way makes it begin again, once.
 */
export async function listObjects<T>(
  vcenter: Vcenter,
  listing: Listing,
  take: (object: ObjectProperties) => T | undefined,
  signal: AbortSignal,
): Promise<readonly T[]> {
  try {
    return await listInSession(vcenter, listing, take, signal);
  } catch (error) {
    if (!hasCode(error, 'vsphere.session_expired')) throw error;
    return await listInSession(vcenter, listing, take, signal);
  }
}

async function listInSession<T>(
  vcenter: Vcenter,
  { what, container, sets }: Listing,
  take: (object: ObjectProperties) => T | undefined,
  signal: AbortSignal,
): Promise<readonly T[]> {
  const { viewManager, rootFolder } = vcenter.content;
  const args = { container: container ?? rootFolder, type: sets.map(({ type }) => type), recursive: true };
  const made = await vcenter.callInSession({ method: 'CreateContainerView', target: viewManager, args, what }, signal);
  const view = refOf(child(made, 'returnval'));
  if (!view) throw vsphereErrors.not_vcenter({ address: vcenter.address, reason: 'it made no view' });
  try {
    return await readPages(vcenter, what, { specSet: viewFilter(view, sets) }, take, signal);
  } finally {
    await vcenter.callInSession({ method: 'DestroyView', target: view }, AbortSignal.timeout(tidyMs)).catch(() => {
      // It goes with the session; what we were doing is more important than this.
    });
  }
}

const tidyMs = 5_000;

async function readPages<T>(
  vcenter: Vcenter,
  what: string,
  filter: { readonly specSet: ReturnType<typeof viewFilter> },
  take: (object: ObjectProperties) => T | undefined,
  signal: AbortSignal,
): Promise<readonly T[]> {
  const target = vcenter.content.propertyCollector;
  const taken: T[] = [];
  const ask = (token: string | undefined): Promise<XmlElement> =>
    token === undefined
      ? vcenter.callInSession(
          { method: 'RetrievePropertiesEx', target, args: { ...filter, options: { maxObjects: pageSize } }, what },
          signal,
        )
      : vcenter.callInSession({ method: 'ContinueRetrievePropertiesEx', target, args: { token }, what }, signal);
  let token: string | undefined;
  try {
    for (let asked: Promise<XmlElement> | undefined = ask(undefined); asked;) {
      const page: XmlElement | undefined = child(await asked, 'returnval');
      token = (page && textAt(page, 'token')) || undefined;
      // vCenter makes the next page while we read this one.
      asked = token === undefined ? undefined : ask(token);
      asked?.catch(() => {}); // awaited above
      for (const content of page ? children(page, 'objects') : []) {
        const object = readObject(content);
        const kept = object && take(object);
        if (kept !== undefined) taken.push(kept);
      }
    }
    return taken;
  } catch (error) {
    // vCenter keeps the pages that nobody asked for.
    const cancel = { method: 'CancelRetrievePropertiesEx', target, args: { token } };
    if (signal.aborted && token !== undefined) {
      await vcenter.callInSession(cancel, AbortSignal.timeout(tidyMs)).catch(() => {});
    }
    throw error;
  }
}

/**
 * Reads properties of objects that are known already, in one call.
 * @throws `vsphere.not_found` when one of them is gone.
 */
export async function readObjects(
  vcenter: Vcenter,
  what: string,
  objects: readonly Ref[],
  sets: readonly PropertySet[],
  signal: AbortSignal,
): Promise<readonly ObjectProperties[]> {
  if (objects.length === 0) return [];
  const target = vcenter.content.propertyCollector;
  const args = { specSet: objectsFilter(objects, sets), options: {} };
  const answer = await vcenter.call({ method: 'RetrievePropertiesEx', target, args, what }, signal);
  const page = child(answer, 'returnval');
  return (page ? children(page, 'objects') : []).flatMap((content) => readObject(content) ?? []);
}
