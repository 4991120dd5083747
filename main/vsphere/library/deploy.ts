import * as v from 'valibot';
import type { ManagedRef, Placement } from '#main/cluster/vsphere-port.ts';
import { vsphereErrors } from '#shared/errors/vsphere.ts';
import type { Vcenter } from '../client/vcenter.ts';
import { Message, messageText, Messages } from '../rest/rest-error.ts';
import { openRest, restId, type RestRequest } from '../rest/rest.ts';
import { openLibraries, type LibraryItem } from './libraries.ts';

export interface LibraryDeployment {
  /** Names, as in the node template. */
  readonly library: string;
  readonly item: string;
  /** Of the VM. */
  readonly name: string;
  /** Becomes the VM's notes. */
  readonly annotation: string;
  readonly placement: Placement;
}

/** Copying a large item between datastores takes its time; the engine's own deadline is shorter. */
const deployMs = 60 * 60_000;

/**
 * Makes a VM from an item of a content library; switched off. REST cannot set the instance UUID, so the caller does it
 * with its first ReconfigVM. A process that ends in between leaves a VM that has only its name in the folder and its
 * notes to be known by, and both are set by this one request: look for them (`deployedBefore`) before deploying.
 * @throws `vsphere.name_taken`, `.library_item_unfit`, `.deploy_failed`, `.not_found`, `.no_rest` and what REST throws.
 */
export async function deployLibraryItem(
  vcenter: Vcenter,
  deployment: LibraryDeployment,
  signal: AbortSignal,
): Promise<ManagedRef> {
  const item = await findItem(vcenter, deployment, signal);
  const rest = openRest(vcenter);
  const what = `make ${deployment.name}`;
  const id = item.type === 'ovf' ? await deployOvf() : await rest.send(templateRequest(item, deployment, what), signal);
  return { type: 'VirtualMachine', id };

  async function deployOvf(): Promise<string> {
    const { resource_id, succeeded, error } = await rest.send(ovfRequest(item, deployment, what), signal);
    if (succeeded && resource_id) return resource_id.id;
    const messages = (error?.errors ?? []).flatMap((one) => [
      ...(one.error?.messages ?? []),
      ...(one.issues ?? []).map(({ message }) => message),
      one.message,
    ]);
    const known = messages.filter((message) => message !== undefined && message !== null);
    if (known.some(({ id }) => /duplicate_?name|already_?exists/i.test(id))) {
      throw vsphereErrors.name_taken({
        what,
        name: deployment.name,
        object: `a VM in ${deployment.placement.folder.id}`,
      });
    }
    throw vsphereErrors.deploy_failed({ what, item: itemText(deployment), message: messageText(known) });
  }
}

/** The one item that is meant, of a type that becomes a VM. */
export async function findItem(
  vcenter: Vcenter,
  wanted: Pick<LibraryDeployment, 'library' | 'item'>,
  signal: AbortSignal,
): Promise<LibraryItem> {
  const libraries = openLibraries(vcenter);
  const found = await libraries.find(wanted.library, signal);
  const items = (await Promise.all(found.map((one) => libraries.findItems(one, wanted.item, signal)))).flat();
  const [item, another] = items;
  const what = 'use the content library';
  if (found.length === 0) throw vsphereErrors.not_found({ what, object: `content library ${wanted.library}` });
  if (!item) throw vsphereErrors.not_found({ what, object: `library item ${itemText(wanted)}` });
  if (another) {
    const message = `${String(items.length)} items have the name ${itemText(wanted)}`;
    throw vsphereErrors.invalid_request({ what, fault: 'ambiguous name', message });
  }
  if (item.type !== 'ovf' && item.type !== 'vm-template') {
    throw vsphereErrors.library_item_unfit({ item: itemText(wanted), type: item.type });
  }
  return item;
}

/** By category: SERVER has `error`, VALIDATION has `issues`, INPUT has `message`. */
const OvfError = v.object({
  error: v.nullish(v.object({ messages: Messages })),
  issues: v.nullish(v.array(v.object({ message: v.nullish(Message) }))),
  message: v.nullish(Message),
});

export const OvfResult = v.object({
  succeeded: v.optional(v.boolean(), false),
  resource_id: v.nullish(v.object({ type: v.string(), id: v.string() })),
  error: v.nullish(v.object({ errors: v.nullish(v.array(OvfError)) })),
});

/** `com.vmware.vcenter.ovf.library_item`, `deploy`. Networks and sizes are set by the ReconfigVM that follows. */
export function ovfRequest(
  item: Pick<LibraryItem, 'id'>,
  { name, annotation, placement, library, item: itemName }: LibraryDeployment,
  what: string,
): RestRequest<v.InferOutput<typeof OvfResult>> {
  const target = {
    resource_pool_id: placement.pool.id,
    folder_id: placement.folder.id,
    ...(placement.host ? { host_id: placement.host.id } : {}),
  };
  const deployment_spec = {
    ...{ name, annotation },
    // Whoever put it into the node template has accepted them; nobody is there to be asked.
    accept_all_EULA: true,
    default_datastore_id: placement.datastore.id,
    storage_provisioning: 'thin',
  };
  return {
    method: 'POST',
    path: `/com/vmware/vcenter/ovf/library-item/${restId(item.id)}?~action=deploy`,
    body: { target, deployment_spec },
    answer: OvfResult,
    ...forErrors(what, { library, item: itemName }),
  };
}

/** `com.vmware.vcenter.vm_template.library_items`, `deploy`; vSphere 6.7 U1 and newer. */
export function templateRequest(
  item: Pick<LibraryItem, 'id'>,
  { name, annotation, placement, library, item: itemName }: LibraryDeployment,
  what: string,
): RestRequest<string> {
  const storage = { datastore: placement.datastore.id };
  const spec = {
    ...{ name, description: annotation },
    placement: {
      folder: placement.folder.id,
      resource_pool: placement.pool.id,
      ...(placement.host ? { host: placement.host.id } : {}),
    },
    ...{ vm_home_storage: storage, disk_storage: storage },
    powered_on: false,
  };
  return {
    method: 'POST',
    path: `/vcenter/vm-template/library-items/${encodeURIComponent(item.id)}?action=deploy`,
    body: { spec },
    answer: v.string(),
    ...forErrors(what, { library, item: itemName }),
  };
}

function forErrors(what: string, wanted: Pick<LibraryDeployment, 'library' | 'item'>) {
  return { what, object: `library item ${itemText(wanted)}`, privilege: 'VApp.Import', waitsMs: deployMs };
}

function itemText({ library, item }: Pick<LibraryDeployment, 'library' | 'item'>): string {
  return `${library}/${item}`;
}
