import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt } from '#test/lab/artefacts/artefact.ts';
import { vmRoot } from '#test/lab/artefacts/vm-root.ts';
import { run } from '#test/lab/command.ts';
import { silent } from '#test/lab/progress.ts';

/** The cloud-init of the lab's VM template, run in a root folder of its own: nothing of it is installed here. */
export interface CloudInit extends AsyncDisposable {
  /** @throws with what it says when it is not content. */
  run(argv: readonly string[], files: Readonly<Record<string, string>>): Promise<string>;
}

export async function openCloudInit(): Promise<CloudInit> {
  const built = await ensureBuilt(vmRoot, silent);
  const root = await mkdtemp(join(tmpdir(), 'slipway-cloud-init-'));
  // Programs and libraries only; that is less than half of it, and no device nodes.
  const parts = ['./usr/bin', './usr/lib', './usr/lib64', './etc', './bin', './lib', './lib64', './sbin'];
  const skipped = ['usr/lib/modules', 'usr/lib/firmware'].map((path) => `--exclude=./${path}`);
  await run(['tar', '-C', root, ...skipped, '-xpf', join(built, 'root.tar'), ...parts]);
  await mkdir(join(root, 'tmp'), { recursive: true });
  return {
    async run(argv, files) {
      for (const [name, content] of Object.entries(files)) await writeFile(join(root, 'tmp', name), content);
      return run(['chroot', root, ...argv]);
    },
    [Symbol.asyncDispose]: () => rm(root, { recursive: true }),
  };
}
