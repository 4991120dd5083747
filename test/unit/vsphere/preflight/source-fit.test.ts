import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import type { SourceFacts } from '#main/vsphere/preflight/source-facts.ts';
import { sourceFit, type Source } from '#main/vsphere/preflight/source-fit.ts';
import { NodeTemplate, type NodeTemplateInput } from '#shared/spec/node-template.ts';

const gib = 2 ** 30;

function findings(
  facts: Partial<SourceFacts>,
  template: Partial<NodeTemplateInput> = {},
  more: Partial<Source> = {},
): readonly string[] {
  const input = { name: 'small', source: { vm: 'debian' }, networks: [{ network: 'lan' }], ...template };
  const source: Source = {
    template: v.parse(NodeTemplate, input),
    path: '/DC0/vm/debian',
    facts: { ...good, ...facts },
    hosts: [],
    cloudProvider: false,
    ...more,
  };
  return sourceFit(source).map(({ severity, problem }) => `${severity}: ${problem}`);
}

const good: SourceFacts = {
  template: true,
  poweredOn: false,
  guestId: 'debian12_64Guest',
  hardware: 19,
  tools: 'guestToolsUnmanaged',
  disks: [{ capacityBytes: 20 * gib, thin: true, controller: 'SCSI' }],
  cdromPossible: true,
  snapshots: [],
  snapshot: false,
  usedBytes: 2 * gib,
  cloudInit: true,
};

const esxi = (version: string) => ({
  ref: { type: 'HostSystem', id: 'host-1' },
  name: 'esxi-1',
  path: '/DC0/host/c/esxi-1',
  datacenter: undefined,
  cluster: undefined,
  connected: true,
  inMaintenance: false,
  version,
});

describe('the fit of a template', () => {
  it('is good for a cleaned Linux with tools, SCSI disk and CD-ROM', () => {
    expect(findings({})).toEqual([]);
  });

  it.each([
    ['windows2022srvNext_64Guest', 'error', 'which is no Linux'],
    ['freebsd14_64Guest', 'error', 'which is no Linux'],
    ['otherGuest64', 'warning', 'does not know whether it is a Linux'],
    ['', 'warning', 'does not know whether it is a Linux'],
  ])('depends on the guest system: %s', (guestId, severity, problem) => {
    expect(findings({ guestId })).toEqual([expect.stringMatching(new RegExp(`^${severity}: .*${problem}`))]);
  });

  it.each(['ubuntu64Guest', 'rhel9_64Guest', 'other5xLinux64Guest', 'vmwarePhoton64Guest', 'sles15_64Guest'])(
    'takes %s for a Linux',
    (guestId) => {
      expect(findings({ guestId })).toEqual([]);
    },
  );

  it('warns where VMware tools were never seen', () => {
    expect(findings({ tools: 'guestToolsNotInstalled' })).toEqual([
      expect.stringContaining('has not seen VMware tools'),
    ]);
  });

  it('warns of a source that is running, but not for linked clones, which start from a snapshot', () => {
    expect(findings({ poweredOn: true })).toEqual([expect.stringContaining('is switched on')]);
    expect(findings({ poweredOn: true, snapshot: true }, { clone: 'linked' })).toEqual([]);
  });

  it('wants exactly one snapshot of the name', () => {
    const linked = { clone: 'linked', snapshot: 'golden' } as const;
    expect(findings({ snapshots: ['golden', 'old'], snapshot: true }, linked)).toEqual([]);
    expect(findings({ snapshots: ['old'], snapshot: true }, linked)).toEqual([
      'error: /DC0/vm/debian has no snapshot "golden". It has old.',
    ]);
    expect(findings({ snapshots: ['golden', 'golden'], snapshot: true }, linked)).toEqual([
      'error: /DC0/vm/debian has 2 snapshots "golden".',
    ]);
  });

  it('knows that disks do not shrink, and that linked ones do not grow', () => {
    expect(findings({}, { diskGiB: 10 })).toEqual([
      'error: the disk of /DC0/vm/debian has 20 GiB and cannot shrink to 10 GiB.',
    ]);
    expect(findings({}, { diskGiB: 20 })).toEqual([]);
    expect(findings({ snapshot: true }, { diskGiB: 40, clone: 'linked' })).toEqual([
      expect.stringMatching(/^warning: the disk of .* stays at 20 GiB/),
    ]);
    expect(findings({ disks: [] })).toEqual([expect.stringContaining('has no disk')]);
  });

  it('warns of slow disk controllers', () => {
    const on = (controller: 'IDE' | 'NVMe') => [{ capacityBytes: gib, thin: false, controller }];
    expect(findings({ disks: on('NVMe') })).toEqual([]);
    expect(findings({ disks: on('IDE') })).toEqual([expect.stringContaining('is on an IDE controller')]);
  });

  it('needs a place for the CD-ROM only when there is one', () => {
    expect(findings({ cdromPossible: false })).toEqual([expect.stringContaining('has no IDE or SATA controller')]);
    expect(findings({ cdromPossible: false }, { bootMedia: 'guestinfo' })).toEqual([]);
  });

  it('compares the virtual hardware with the hosts and with what the CSI driver needs', () => {
    expect(findings({ hardware: 10 })).toEqual([expect.stringContaining('version 10; less than 11')]);
    expect(findings({ hardware: 13 }, {}, { cloudProvider: true })).toEqual([
      expect.stringContaining('needs 15 or more'),
    ]);
    expect(findings({ hardware: 13 })).toEqual([]);
    expect(findings({ hardware: 21 }, {}, { hosts: [esxi('7.0.3'), esxi('8.0.2'), esxi('99.1.0')] })).toEqual([
      'error: the virtual hardware of /DC0/vm/debian has version 21, too new for /DC0/host/c/esxi-1 (ESXi 7.0.3).',
    ]);
  });

  it('reminds of cloud-init where the source does not say that it has it', () => {
    expect(findings({ cloudInit: false })).toEqual([expect.stringContaining('cannot tell whether')]);
  });
});
