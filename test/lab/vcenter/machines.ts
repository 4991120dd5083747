import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type Docker from 'dockerode';
import { ensureBuilt } from '../artefacts/artefact.ts';
import { startInBackground, stopInBackground, untilAnswering, type Background } from '../background.ts';
import { folderOfLab } from '../lab-state.ts';
import { containerName, machineRecipe, resolvers } from '../machine-container.ts';
import type { Network } from '../network.ts';
import type { Progress } from '../progress.ts';
import { newPassword } from '../ssh-keys.ts';
import { vcenterProgram } from './program.ts';
import type { VcenterRecord } from './record.ts';
import { sizeArguments, type VcenterSize } from './size.ts';

/** Where the VMs of a vCenter become machines. */
export interface VmSurroundings {
  readonly docker: Docker;
  readonly lab: string;
  /** With cloud-init in it. */
  readonly image: string;
  readonly network: Network;
}

/**
 * A vCenter whose clones of `/DC0/vm/templates/debian-13` are machines of a lab. It stays until `stopVcenter`: its data is
 * in the lab's folder, and so is what says which process it is.
 */
export async function startVcenter(
  surroundings: VmSurroundings,
  size: VcenterSize,
  progress: Progress,
): Promise<VcenterRecord> {
  const program = join(await ensureBuilt(vcenterProgram, progress), 'vcenter');
  const folder = join(folderOfLab(surroundings.lab), 'vcenter');
  const readyFile = join(folder, 'ready.json');
  const password = newPassword();
  const background: Background = {
    argv: [program, '-ready-file', readyFile, ...sizeArguments(size)],
    // The simulator's datastores are folders below TMPDIR: they go with the lab, however it ends.
    env: { SLIPWAY_LAB_PASSWORD: password, SLIPWAY_LAB_MACHINES: await machinesFor(surroundings), TMPDIR: folder },
    pidFile: pidFileOf(surroundings.lab),
    logFile: join(folder, 'vcenter.log'),
  };
  const owner = await startInBackground(background);
  const read = (): Promise<string> => readFile(readyFile, 'utf8').catch(() => ''); // not ready yet
  await untilAnswering(background, owner, 60_000, async () => (await read()) !== '');
  return { ...(JSON.parse(await read()) as Omit<VcenterRecord, 'password'>), password };
}

/** Of a lab; no error when it has none. */
export async function stopVcenter(lab: string): Promise<void> {
  await stopInBackground(pidFileOf(lab), 10_000);
}

function pidFileOf(lab: string): string {
  return join(folderOfLab(lab), 'vcenter', 'process.json');
}

/** What the Go program needs to make machines: `machineRecipe` in docker.go. */
async function machinesFor({ docker, lab, image, network }: VmSurroundings): Promise<string> {
  const names = { container: '{container}', machine: '{machine}', address: '{address}' };
  const recipe = machineRecipe({ lab, image, network, ...names });
  const hostConfig = { ...recipe.HostConfig, NetworkMode: network.name };
  return JSON.stringify({
    socket: socketOf(docker),
    // The VM's first NIC is the container's.
    container: { ...recipe, HostConfig: hostConfig, MacAddress: '{mac}' },
    network: network.name,
    subnet: network.subnet,
    namePrefix: containerName(lab, ''),
    resolvConf: await resolvers(),
  });
}

function socketOf(docker: Docker): string {
  const { socketPath } = docker.modem as { readonly socketPath?: unknown };
  if (typeof socketPath !== 'string') throw new Error('The lab speaks to Docker over a socket only.');
  return socketPath;
}
