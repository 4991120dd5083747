import type { Progress } from '../progress.ts';
import { ensureBuilt } from './artefact.ts';
import { machineRoot } from './machine-root.ts';
import { registryStore } from './registry-store.ts';
import { vmRoot } from './vm-root.ts';
import { govcProgram, vcenterProgram } from '../vcenter/program.ts';

/** Everything a lab is made of; no Docker is needed for it. */
export async function buildAll(progress: Progress): Promise<void> {
  await ensureBuilt(machineRoot, progress);
  await ensureBuilt(vmRoot, progress);
  await ensureBuilt(registryStore, progress);
  await ensureBuilt(vcenterProgram, progress);
  await ensureBuilt(govcProgram, progress);
}
