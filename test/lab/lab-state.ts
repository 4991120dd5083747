import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { folders } from './folders.ts';
import type { MachineRecord } from './machine-container.ts';
import type { Owner } from './owner.ts';
import type { Registries } from './registry.ts';
import type { VcenterRecord } from './vcenter/record.ts';
import type { KeyPair } from './ssh-keys.ts';

/** What is written down of a lab, so that another process can attach to it or clean up after it. */
export interface LabState {
  readonly name: string;
  /** The process it ends with; `undefined` for one that was left running on purpose (`npm run lab -- up`). */
  readonly owner: Owner | undefined;
  readonly startedAt: string;
  /** Of its machines: recipes may have changed since. */
  readonly image: string;
  readonly ssh: { readonly keyPair: KeyPair; readonly password: string };
  readonly registries: Registries;
  readonly machines: readonly MachineRecord[];
  /** Addresses that tests give to VMs; nothing else gets them as long as the lab is up. */
  readonly reserved?: readonly string[];
  readonly vcenter?: VcenterRecord;
}

export function folderOfLab(name: string): string {
  return join(folders.labs, name);
}

/** For programs that want a file: `ssh -i`. */
export function keyPathOf(name: string): string {
  return join(folderOfLab(name), 'id_ed25519');
}

/** Of the lab's vCenter, for programs that want files. */
export function vcenterFiles(name: string): { readonly passwordFile: string; readonly caFile: string } {
  const folder = folderOfLab(name);
  return { passwordFile: join(folder, 'vcenter-password'), caFile: join(folder, 'vcenter-ca.pem') };
}

export async function writeState(state: LabState): Promise<void> {
  const folder = folderOfLab(state.name);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(keyPathOf(state.name), state.ssh.keyPair.privateKey, { mode: 0o600 });
  await writeFile(`${keyPathOf(state.name)}.pub`, `${state.ssh.keyPair.publicKey}\n`);
  if (state.vcenter) {
    const { passwordFile, caFile } = vcenterFiles(state.name);
    await writeFile(passwordFile, state.vcenter.password, { mode: 0o600 });
    await writeFile(caFile, state.vcenter.caPem);
  }
  const file = join(folder, 'state.json');
  await writeFile(`${file}.new`, JSON.stringify(state, null, 2), { mode: 0o600 });
  await rename(`${file}.new`, file);
}

/** `undefined` when no such lab is up. */
export async function readState(name: string): Promise<LabState | undefined> {
  try {
    return JSON.parse(await readFile(join(folderOfLab(name), 'state.json'), 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new Error(`The state of lab ${name} cannot be read.`, { cause: error });
  }
}

/** Sorted by name. A lab whose creation was cut off before its first state is not among them. */
export async function readStates(): Promise<LabState[]> {
  const names = await readdir(folders.labs).catch(() => []); // there never was a lab
  const states = await Promise.all(names.sort().map(readState));
  return states.filter((state) => state !== undefined);
}

export async function removeState(name: string): Promise<void> {
  await rm(folderOfLab(name), { recursive: true, force: true });
}
