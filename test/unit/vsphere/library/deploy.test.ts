import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { ovfRequest, OvfResult, templateRequest } from '#main/vsphere/library/deploy.ts';

const ref = (type: string, id: string) => ({ type, id });
const deployment = {
  library: 'images',
  item: 'debian-13',
  name: 'demo-1',
  annotation: 'Slipway cluster c-abcde',
  placement: {
    datacenter: ref('Datacenter', 'datacenter-2'),
    source: ref('VirtualMachine', ''),
    folder: ref('Folder', 'group-v3'),
    pool: ref('ResourcePool', 'resgroup-8'),
    host: ref('HostSystem', 'host-21'),
    datastore: ref('Datastore', 'datastore-15'),
    datastoreName: 'ds',
    cluster: null,
  },
};

describe('the request that deploys a library item', () => {
  it('is for an OVF what vSphere Automation documents: name and notes with the VM', () => {
    const { path, body } = ovfRequest({ id: 'a b' }, deployment, 'make demo-1');
    expect(path).toBe('/com/vmware/vcenter/ovf/library-item/id:a%20b?~action=deploy');
    expect(body).toEqual({
      target: { resource_pool_id: 'resgroup-8', folder_id: 'group-v3', host_id: 'host-21' },
      deployment_spec: {
        name: 'demo-1',
        annotation: 'Slipway cluster c-abcde',
        accept_all_EULA: true,
        default_datastore_id: 'datastore-15',
        storage_provisioning: 'thin',
      },
    });
  });

  it('is for a VM template switched off, with all its disks on the datastore', () => {
    const placement = { ...deployment.placement, host: null };
    const { path, body } = templateRequest({ id: 'i' }, { ...deployment, placement }, 'make demo-1');
    expect(path).toBe('/vcenter/vm-template/library-items/i?action=deploy');
    expect(body).toEqual({
      spec: {
        name: 'demo-1',
        description: 'Slipway cluster c-abcde',
        placement: { folder: 'group-v3', resource_pool: 'resgroup-8' },
        vm_home_storage: { datastore: 'datastore-15' },
        disk_storage: { datastore: 'datastore-15' },
        powered_on: false,
      },
    });
  });
});

describe('the answer of an OVF deployment', () => {
  it('is read with every kind of error it may have', () => {
    const message = { id: 'an.id', default_message: 'No.', args: [] };
    const errors = [
      { category: 'SERVER', error: { '@class': 'com.vmware.vapi.std.errors.error', messages: [message] } },
      { category: 'VALIDATION', issues: [{ category: 'VALUE_ILLEGAL', file: 'a.ovf', line_number: 1, message }] },
      { category: 'INPUT', name: 'x', message },
    ];
    expect(v.is(OvfResult, { succeeded: false, error: { errors, warnings: [], information: [] } })).toBe(true);
  });
});
