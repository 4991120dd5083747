import { describe, expect, it } from 'vitest';
import { annotationOf } from '#main/cluster/provision/annotation.ts';
import type { Vm } from '#main/vsphere/inventory/choices.ts';
import { addressesFree } from '#main/vsphere/preflight/addresses-free.ts';
import { namesFree, takenNames } from '#main/vsphere/preflight/names-free.ts';
import { isOurs } from '#main/vsphere/preflight/our-annotation.ts';

const vm = (id: string, path: string): Vm => ({
  ref: { type: 'VirtualMachine', id },
  name: path.slice(path.lastIndexOf('/') + 1),
  path,
  datacenter: undefined,
  template: false,
});

describe('names', () => {
  const vms = [vm('vm-1', '/DC0/vm/k8s/demo-1'), vm('vm-2', '/DC0/vm/other/demo-2'), vm('vm-3', '/DC0/vm/k8s/DEMO-3')];
  const wanted = ['demo-1', 'demo-2', 'demo-3'].map((name) => ({ name, folderPath: '/DC0/vm/k8s' }));

  it('are taken in the same folder only, whatever their case', () => {
    expect(takenNames(wanted, vms).map(({ name }) => name)).toEqual(['demo-1', 'demo-3']);
  });

  it('are free for a machine of ours that is there already', () => {
    const notes = new Map([['VirtualMachine:vm-1', 'Made by Slipway: machine demo-1']]);
    expect(namesFree(takenNames(wanted, vms), notes).map(({ subject }) => subject)).toEqual(['machine demo-3']);
  });
});

describe('addresses', () => {
  const inUse = [{ address: '10.0.0.1', vm: { type: 'VirtualMachine', id: 'vm-1' }, name: 'demo-1' }];

  it('are free for the machine of ours that has it, and for no other', () => {
    const ours = new Map([['VirtualMachine:vm-1', 'Made by Slipway']]);
    const of = (name: string, notes: ReadonlyMap<string, string>) =>
      addressesFree([{ name, address: '10.0.0.1' }], inUse, notes).length;
    expect([of('demo-1', ours), of('demo-2', ours), of('demo-1', new Map())]).toEqual([0, 1, 1]);
  });
});

describe('isOurs', () => {
  it('knows what we wrote, and takes no word of others for it', () => {
    const written = annotationOf({ clusterId: 'c-abcde', clusterName: 'demo', machine: 'demo-1', runId: 'r-1' });
    expect([written, `A note.\n${written}`].map(isOurs)).toEqual([true, true]);
    expect(['', 'Template for Slipway', 'slipway', 'see slipway.dev/cluster: x'].map(isOurs)).toEqual([
      ...[false, false, false, false],
    ]);
  });
});
