import type { Lab } from '#test/lab/lab.ts';
import { vcenterFiles } from '#test/lab/lab-state.ts';
import type { Snapshot } from '#test/lab/vcenter/control.ts';
import { vcenterUser } from '#test/lab/vcenter/record.ts';
import type { Person } from './person.ts';

/** The lab's vCenter becomes a cloud credential of this person. */
export async function addCredential(person: Person, lab: Lab, credential: string): Promise<void> {
  const { passwordFile, caFile } = vcenterFiles(lab.name);
  const where = ['--address', new URL(lab.vcenter.url).host, '--user', vcenterUser];
  await person.succeed('credential', 'add', credential, ...where, '--password-file', passwordFile, '--ca', caFile);
}

/** VMs directly in that folder, by name. */
export function vmsIn({ vms }: Snapshot, folder: string): Readonly<Record<string, Snapshot['vms'][number]>> {
  const own = vms.filter(({ path }) => path.startsWith(`${folder}/`));
  return Object.fromEntries(own.map((vm) => [vm.path.slice(folder.length + 1), vm]));
}

/** Files of all datastores that belong to no VM of the lab's own: boot images, disks. */
export function filesThatCame(before: Snapshot, after: Snapshot): readonly string[] {
  return Object.entries(after.files).flatMap(([datastore, files]) => {
    const known = new Set(before.files[datastore]);
    return files.filter((file) => !known.has(file));
  });
}
