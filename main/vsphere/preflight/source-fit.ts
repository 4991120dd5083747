import type { Finding } from '#main/cluster/vsphere-port.ts';
import type { NodeTemplate } from '#shared/spec/node-template.ts';
import type { EsxiHost } from '../inventory/choices.ts';
import { gibText, listText, stop, warn } from './finding.ts';
import { guestSystem } from './guest-system.ts';
import { newestHardwareOf } from './hardware-version.ts';
import type { SourceFacts } from './source-facts.ts';

/** A template of the spec, and what it is cloned from. */
export interface Source {
  readonly template: NodeTemplate;
  /** Inventory path of the template or VM. */
  readonly path: string;
  readonly facts: SourceFacts;
  /** That machines can be placed on. */
  readonly hosts: readonly EsxiHost[];
  /** The cloud provider or the CSI driver will be there. */
  readonly cloudProvider: boolean;
}

/** Whether machines that are cloned from this will become nodes. */
export function sourceFit(source: Source): readonly Finding[] {
  return [systemFit, toolsFit, stateFit, snapshotFit, diskFit, cdromFit, hardwareFit, cloudInitFit].flatMap((rule) =>
    rule(source),
  );
}

type Rule = (source: Source) => readonly Finding[];

const subjectOf = ({ template }: Source): string => `template ${template.name}`;

const systemFit: Rule = (source) => {
  const { facts, path } = source;
  const system = guestSystem(facts.guestId);
  if (system === 'linux') return [];
  const is = `the guest operating system of ${path} is "${facts.guestId}"`;
  const remedy = 'Set it in vCenter (Edit Settings → VM Options) to the Linux that is installed.';
  return system === 'other'
    ? [stop(subjectOf(source), `${is}, which is no Linux.`, `${remedy} If it is no Linux, choose another template.`)]
    : [warn(subjectOf(source), `${is}, so vCenter does not know whether it is a Linux.`, remedy)];
};

const toolsFit: Rule = (source) => {
  const { tools } = source.facts;
  if (tools !== 'guestToolsNotInstalled' && tools !== 'guestToolsBlacklisted' && tools !== 'guestToolsTooOld')
    return [];
  const state =
    tools === 'guestToolsNotInstalled' ? 'vCenter has not seen VMware tools in' : 'the VMware tools are too old in';
  return [
    warn(
      subjectOf(source),
      `${state} ${source.path}; without them the address of a machine is never known.`,
      'Install the package open-vm-tools in it. If it has it and was never switched on, this is no problem.',
    ),
  ];
};

const stateFit: Rule = (source) => {
  const { facts, path, template } = source;
  if (!facts.poweredOn || template.clone === 'linked') return [];
  return [
    warn(
      subjectOf(source),
      `${path} is switched on: machines get its disks as after a power failure, with its host name and machine id.`,
      'Shut it down, clean it (cloud-init clean --machine-id) and convert it to a template.',
    ),
  ];
};

const snapshotFit: Rule = (source) => {
  const { facts, path, template } = source;
  if (template.clone !== 'linked') return [];
  const wanted = template.snapshot;
  if (wanted === undefined) {
    if (facts.snapshot) return [];
    const remedy = 'Convert it to a VM, take a snapshot while it is switched off, or set "clone: full".';
    return [stop(subjectOf(source), `${path} has no snapshot that linked clones can start from.`, remedy)];
  }
  const named = facts.snapshots.filter((name) => name === wanted).length;
  if (named === 1) return [];
  const has = facts.snapshots.length === 0 ? 'It has none.' : `It has ${listText(facts.snapshots)}.`;
  return named === 0
    ? [
        stop(
          subjectOf(source),
          `${path} has no snapshot "${wanted}". ${has}`,
          'Take one of that name, or name another one.',
        ),
      ]
    : [stop(subjectOf(source), `${path} has ${String(named)} snapshots "${wanted}".`, 'Rename all but one of them.')];
};

const diskFit: Rule = (source) => {
  const { facts, path, template } = source;
  const subject = subjectOf(source);
  const [disk] = facts.disks;
  if (!disk)
    return [stop(subject, `${path} has no disk to start from.`, 'Choose a template with an installed system.')];
  const findings: Finding[] = [];
  const wanted = (template.diskGiB ?? 0) * 2 ** 30;
  if (template.diskGiB !== undefined && template.clone === 'linked' && wanted > disk.capacityBytes) {
    const problem = `the disk of ${path} stays at ${gibText(disk.capacityBytes)}: a linked clone shares it.`;
    findings.push(warn(subject, problem, 'Set "clone: full" for a larger disk, or leave "diskGiB" out.'));
  } else if (template.diskGiB !== undefined && wanted < disk.capacityBytes) {
    const problem = `the disk of ${path} has ${gibText(disk.capacityBytes)} and cannot shrink to ${String(template.diskGiB)} GiB.`;
    const least = String(Math.ceil(disk.capacityBytes / 2 ** 30));
    findings.push(stop(subject, problem, `Set "diskGiB" to ${least} or more, or leave it out.`));
  }
  if (disk.controller !== 'SCSI' && disk.controller !== 'NVMe') {
    const on = disk.controller === 'unknown' ? 'an unknown controller' : `an ${disk.controller} controller`;
    findings.push(
      warn(
        subject,
        `the first disk of ${path} is on ${on}, which is slow and cannot grow while the machine runs.`,
        'Move it to a VMware Paravirtual SCSI controller.',
      ),
    );
  }
  return findings;
};

const cdromFit: Rule = (source) => {
  if (source.template.bootMedia !== 'iso' || source.facts.cdromPossible) return [];
  return [
    stop(
      subjectOf(source),
      `${source.path} has no IDE or SATA controller, so its machines can have no CD-ROM drive for cloud-init.`,
      'Add a SATA controller to it, or set "bootMedia: guestinfo".',
    ),
  ];
};

const oldest = 11;
/** VMware vSphere Container Storage Plug-in, "Prerequisites". */
const oldestForCsi = 15;

const hardwareFit: Rule = (source) => {
  const { facts, path, hosts, cloudProvider } = source;
  if (facts.hardware === undefined) return [];
  const version = `the virtual hardware of ${path} has version ${String(facts.hardware)}`;
  const tooOld = hosts.filter(({ version: esxi }) => (newestHardwareOf(esxi) ?? Infinity) < (facts.hardware ?? 0));
  if (tooOld.length > 0) {
    const names = listText(tooOld.map((host) => `${host.path} (ESXi ${host.version})`));
    const remedy = 'Choose hosts with a newer ESXi, or a template with older virtual hardware.';
    return [stop(subjectOf(source), `${version}, too new for ${names}.`, remedy)];
  }
  const upgrade = 'Upgrade the VM compatibility of the template in vCenter.';
  if (facts.hardware < oldest) {
    return [warn(subjectOf(source), `${version}; less than ${String(oldest)} is not tested.`, upgrade)];
  }
  if (!cloudProvider || facts.hardware >= oldestForCsi) return [];
  return [warn(subjectOf(source), `${version}; the CSI driver needs ${String(oldestForCsi)} or more.`, upgrade)];
};

const cloudInitFit: Rule = (source) => {
  if (source.facts.cloudInit) return [];
  const how = source.template.bootMedia === 'iso' ? 'NoCloud' : 'VMware';
  return [
    warn(
      subjectOf(source),
      `vCenter cannot tell whether ${source.path} has cloud-init.`,
      `Make sure that cloud-init is installed in it, with the datasource ${how}, and was cleaned. ` +
        'Writing "cloud-init" into its notes ends this warning.',
    ),
  ];
};
