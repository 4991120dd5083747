import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import type Docker from 'dockerode';
import { ensureBuilt, type Artefact } from './artefacts/artefact.ts';
import { machineRoot } from './artefacts/machine-root.ts';
import { vmRoot } from './artefacts/vm-root.ts';
import { labels, shared } from './labels.ts';
import { lock } from './lock.ts';
import type { Progress } from './progress.ts';

/** The image of a machine; answers its name. Imported once per Docker, 10 s. */
export function ensureMachineImage(docker: Docker, progress: Progress): Promise<string> {
  return ensureImage(docker, 'slipway-lab/machine', machineRoot, progress);
}

/** The image of a VM in the lab's vCenter: a machine that cloud-init has still to make somebody's. */
export function ensureVmImage(docker: Docker, progress: Progress): Promise<string> {
  return ensureImage(docker, 'slipway-lab/vm', vmRoot, progress);
}

async function ensureImage(docker: Docker, repo: string, root: Artefact, progress: Progress): Promise<string> {
  const folder = await ensureBuilt(root, progress);
  const image = `${repo}:${root.key}`;
  await using _held = await lock('machine-image', (pid) => progress.note(`process ${pid} imports the machine image`));
  const found = await docker.listImages({ filters: { reference: [image] } });
  if (found.length > 0) return image;
  await progress.step(`import ${root.name}`, async () => {
    const changes = [
      // systemd 257 refuses cgroup v1 without it; where there is v2 it changes nothing.
      'ENV SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE=1',
      'ENV container=docker',
      'CMD ["/sbin/init"]',
      `LABEL ${labels.lab}=${shared}`,
    ];
    const tar = createReadStream(join(folder, 'root.tar'));
    const answer = await docker.importImage(tar, { repo, tag: root.key, changes });
    await new Promise<void>((resolve, reject) => {
      docker.modem.followProgress(answer, (error) => (error ? reject(error) : resolve()));
    });
  });
  return image;
}
