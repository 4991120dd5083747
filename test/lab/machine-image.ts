import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import type Docker from 'dockerode';
import { ensureBuilt } from './artefacts/artefact.ts';
import { machineRoot } from './artefacts/machine-root.ts';
import { labels, shared } from './labels.ts';
import { lock } from './lock.ts';
import type { Progress } from './progress.ts';

/** The image of a machine; answers its name. Imported once per Docker, 10 s. */
export async function ensureMachineImage(docker: Docker, progress: Progress): Promise<string> {
  const folder = await ensureBuilt(machineRoot, progress);
  const repo = 'slipway-lab/machine';
  const image = `${repo}:${machineRoot.key}`;
  await using _held = await lock('machine-image', (pid) => progress.note(`process ${pid} imports the machine image`));
  const found = await docker.listImages({ filters: { reference: [image] } });
  if (found.length > 0) return image;
  await progress.step('import the machine image', async () => {
    const changes = [
      // systemd 257 refuses cgroup v1 without it; where there is v2 it changes nothing.
      'ENV SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE=1',
      'ENV container=docker',
      'CMD ["/sbin/init"]',
      `LABEL ${labels.lab}=${shared}`,
    ];
    const tar = createReadStream(join(folder, 'root.tar'));
    const answer = await docker.importImage(tar, { repo, tag: machineRoot.key, changes });
    await new Promise<void>((resolve, reject) => {
      docker.modem.followProgress(answer, (error) => (error ? reject(error) : resolve()));
    });
  });
  return image;
}
