import type { Artefact } from '#shared/run/events.ts';
import { plural } from './quantity.ts';

/** So many machines are named; a thousand lines would hide what matters. */
const machinesShown = 10;

/** What a vCenter has of ours, by kind of artefact. */
const inVcenter: Readonly<Record<string, string>> = {
  'vsphere-vm': 'VM',
  'vsphere-iso': 'boot image of',
  'vsphere-folder': 'folder',
  'vsphere-rule': 'rule',
  'vsphere-tag': 'tag',
};

/** One line per machine and vCenter: VMs and containers by name, files by number. */
export function whatExists(artefacts: readonly Artefact[]): readonly string[] {
  const byMachine = [...Map.groupBy(artefacts, ({ where }) => where)].sort(([a], [b]) => (a < b ? -1 : 1));
  const lines = byMachine.slice(0, machinesShown).map(([machine, own]) => {
    const containers = own
      .filter(({ kind }) => kind === 'container')
      .map(({ key }) => key.slice(machine.length + 1))
      .sort();
    const files = own.filter(({ kind }) => kind === 'file').length;
    const made = own.flatMap(({ kind, key }) => (kind in inVcenter ? [`${inVcenter[kind] ?? ''} ${key}`] : [])).sort();
    return `${machine}: ${[...made, ...containers, ...(files > 0 ? [plural(files, 'file')] : [])].join(', ')}`;
  });
  const more = byMachine.length - machinesShown;
  return more > 0 ? [...lines, `and on ${plural(more, 'more machine')}`] : lines;
}
