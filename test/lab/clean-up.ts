import { readdir } from 'node:fs/promises';
import type Docker from 'dockerode';
import { home } from './folders.ts';
import { folderOfLab, readStates, removeState, type LabState } from './lab-state.ts';
import { labels } from './labels.ts';
import { removeDisk } from './machine-disk.ts';
import { isAlive } from './owner.ts';
import type { Progress } from './progress.ts';
import { stopVcenter } from './vcenter/machines.ts';

/** Everything that carries the lab's label, its vCenter, its disks and its state. No error when there is nothing. */
export async function removeLab(docker: Docker, lab: string): Promise<void> {
  // First: it makes containers.
  await stopVcenter(lab);
  const filters = { label: [`${labels.lab}=${lab}`, `${labels.home}=${home}`] };
  const containers = await docker.listContainers({ all: true, filters });
  await Promise.all(
    containers.map(({ Id }) => docker.getContainer(Id).remove({ force: true, v: true }).catch(unlessGone)),
  );
  const { Volumes: volumes } = await docker.listVolumes({ filters });
  await Promise.all(volumes.map(({ Name }) => docker.getVolume(Name).remove().catch(unlessGone)));
  const files = await readdir(folderOfLab(lab)).catch(() => []); // cut off before its first file
  for (const file of files) if (file.endsWith('.disk')) await removeDisk(lab, file.slice(0, -'.disk'.length));
  // Last: as long as anything is left, its owner can be looked up.
  await removeState(lab);
}

/**
 * Labs whose process died without taking them down, and machines of which nobody knows any more. Of those that were left
 * running on purpose only the one in the way of `wanted`, and only when none of its machines runs: after a restart of
 * this computer.
 */
export async function removeOrphans(docker: Docker, wanted: string, progress: Progress): Promise<void> {
  const states = await readStates();
  const running = await docker.listContainers({ filters: { label: [`${labels.lab}=${wanted}`] } });
  const isKept = ({ name, owner }: LabState): boolean =>
    owner ? isAlive(owner) : name !== wanted || running.length > 0;
  const kept = new Set(states.filter(isKept).map(({ name }) => name));
  const filters = { label: [`${labels.home}=${home}`] };
  const containers = await docker.listContainers({ all: true, filters });
  const { Volumes: volumes } = await docker.listVolumes({ filters });
  const labelled = [...containers, ...volumes].map(({ Labels }) => Labels[labels.lab]);
  const orphans = new Set([...states.map(({ name }) => name), ...labelled].filter((name) => name && !kept.has(name)));
  for (const name of orphans) {
    if (name === undefined) continue;
    await progress.step(`remove lab ${name}, left behind`, () => removeLab(docker, name));
  }
}

/** Lets Docker's "no such container or volume" and "is being removed already" pass. */
export function unlessGone(error: unknown): void {
  if (error instanceof Error && 'statusCode' in error && (error.statusCode === 404 || error.statusCode === 409)) return;
  throw error;
}
