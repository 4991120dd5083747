import * as v from 'valibot';
import type { ManagedRef } from '#main/cluster/vsphere-port.ts';
import type { Vcenter } from '#main/vsphere/client/vcenter.ts';
import { nothing, openRest, restId } from '#main/vsphere/rest/rest.ts';
import { signal } from './open.ts';

const content = '/com/vmware/content';

/** A content library of the lab: its id. */
export function makeLibrary(vcenter: Vcenter, name: string, datastore: ManagedRef): Promise<string> {
  const storage_backings = [{ type: 'DATASTORE', datastore_id: datastore.id }];
  return post(
    vcenter,
    `${content}/local-library`,
    { create_spec: { name, type: 'LOCAL', storage_backings } },
    v.string(),
  );
}

export function makeItem(vcenter: Vcenter, library: string, name: string, type: string): Promise<string> {
  const create_spec = { name, type, library_id: library };
  return post(vcenter, `${content}/library/item`, { create_spec }, v.string());
}

/** An item that a VM without disks can be deployed from. */
export async function makeOvf(vcenter: Vcenter, library: string, name: string): Promise<void> {
  const item = await makeItem(vcenter, library, name, 'ovf');
  const updates = `${content}/library/item/update-session`;
  const update = await post(vcenter, updates, { create_spec: { library_item_id: item } }, v.string());
  const file_spec = { name: `${name}.ovf`, source_type: 'PUSH' };
  const Uploaded = v.object({ upload_endpoint: v.object({ uri: v.string() }) });
  const added = `${content}/library/item/updatesession/file/${restId(update)}?~action=add`;
  const { upload_endpoint } = await post(vcenter, added, { file_spec }, Uploaded);
  const { pathname } = new URL(upload_endpoint.uri);
  const session = await vcenter.request({ method: 'POST', path: '/rest/com/vmware/cis/session' }, 'password', signal);
  const { value } = v.parse(v.object({ value: v.string() }), JSON.parse(session.body));
  const headers = { 'vmware-api-session-id': value };
  const put = await vcenter.request({ method: 'PUT', path: pathname, headers, body: ovf(name) }, 'none', signal);
  if (put.status !== 200) throw new Error(`The upload ended with ${String(put.status)} ${put.body}`);
  await post(vcenter, `${updates}/${restId(update)}?~action=complete`, undefined, nothing);
}

/** An item of type `vm-template`. */
export function makeTemplateItem(
  vcenter: Vcenter,
  library: string,
  name: string,
  source: ManagedRef,
  at: { readonly folder: ManagedRef; readonly pool: ManagedRef },
): Promise<string> {
  const placement = { folder: at.folder.id, resource_pool: at.pool.id };
  const spec = { name, library, source_vm: source.id, placement };
  return post(vcenter, '/vcenter/vm-template/library-items', { spec }, v.string());
}

function post<T>(vcenter: Vcenter, path: string, body: unknown, answer: v.GenericSchema<unknown, T>): Promise<T> {
  const request = { method: 'POST' as const, path, ...(body === undefined ? {} : { body }) };
  return openRest(vcenter).send({ ...request, answer, what: `set the stage: ${path}`, object: path }, signal);
}

const ovf = (name: string): string => `<?xml version="1.0" encoding="UTF-8"?>
<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1"
  xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData"
  xmlns:vssd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_VirtualSystemSettingData">
  <References/>
  <VirtualSystem ovf:id="${name}">
    <Info>A virtual machine</Info>
    <Name>${name}</Name>
    <OperatingSystemSection ovf:id="96"><Info>Debian</Info></OperatingSystemSection>
    <VirtualHardwareSection>
      <Info>Hardware</Info>
      <System>
        <vssd:ElementName>Virtual Hardware Family</vssd:ElementName>
        <vssd:InstanceID>0</vssd:InstanceID>
        <vssd:VirtualSystemIdentifier>${name}</vssd:VirtualSystemIdentifier>
        <vssd:VirtualSystemType>vmx-13</vssd:VirtualSystemType>
      </System>
      <Item>
        <rasd:InstanceID>1</rasd:InstanceID><rasd:ElementName>2 CPUs</rasd:ElementName>
        <rasd:ResourceType>3</rasd:ResourceType><rasd:VirtualQuantity>2</rasd:VirtualQuantity>
      </Item>
      <Item>
        <rasd:AllocationUnits>byte * 2^20</rasd:AllocationUnits>
        <rasd:InstanceID>2</rasd:InstanceID><rasd:ElementName>memory</rasd:ElementName>
        <rasd:ResourceType>4</rasd:ResourceType><rasd:VirtualQuantity>1024</rasd:VirtualQuantity>
      </Item>
    </VirtualHardwareSection>
  </VirtualSystem>
</Envelope>`;
