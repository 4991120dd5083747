import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { chmod, copyFile, cp, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../command.ts';
import { labFolder } from '../folders.ts';
import { defineArtefact, type Artefact } from './artefact.ts';

interface GoProgram {
  /** Folder below `test/lab/go`, and the artefact's name. */
  readonly module: string;
  /** What to build; the module's own main package when left out. Each becomes a file named after its last part. */
  readonly packages?: readonly string[];
  /** Linker `-X` values. */
  readonly values?: Readonly<Record<string, string>>;
  /** Replaces one folder of one dependency by one file of ours (Go refuses overlays over its module cache). */
  readonly patch?: { readonly module: string; readonly folder: string; readonly by: string };
}

/** Static binaries without debug information, in a folder. */
export function goProgram(program: GoProgram): Artefact {
  const source = join(labFolder, 'go', program.module);
  const files = readdirSync(source).sort();
  const sources = files.map((file) => [file, sha256(readFileSync(join(source, file)))]);
  return defineArtefact(program.module, { program, sources, go: goVersion() }, [], async (folder, detail) => {
    const linked = Object.entries(program.values ?? {}).map(([name, value]) => `-X ${name}=${value}`);
    const flags = ['-trimpath', '-buildvcs=false', '-ldflags', ['-s', '-w', ...linked].join(' ')];
    const patched = program.patch ? await patch(source, folder, program.patch) : [];
    const packages = program.packages ?? ['.'];
    // -v prints each package when it has been compiled: the only progress the compiler gives.
    const all = (await go(['list', '-deps', ...patched, ...packages], source)).split('\n').length;
    let compiled = 0;
    await go(['build', '-v', ...flags, ...patched, '-o', `${folder}/`, ...packages], source, (line) => {
      if (!line.startsWith('go: ')) compiled += 1;
      detail(line.startsWith('go: ') ? line.slice(4) : `${compiled} of ${all} packages`);
    });
    await rm(join(folder, patchFolder), { recursive: true, force: true });
  });
}

const patchFolder = '.patched';

/** Flags that make Go use a changed copy of the dependency. */
async function patch(source: string, folder: string, change: NonNullable<GoProgram['patch']>): Promise<string[]> {
  const work = join(folder, patchFolder);
  const copy = join(work, 'source');
  // Not `go list -m`: that tells no folder of a module which was never downloaded.
  const { Dir: original } = JSON.parse(await go(['mod', 'download', '-json', change.module], source)) as {
    Dir: string;
  };
  await mkdir(work);
  await cp(original, copy, { recursive: true });
  await makeWritable(copy);
  await rm(join(copy, change.folder), { recursive: true });
  await mkdir(join(copy, change.folder));
  await copyFile(join(source, change.by), join(copy, change.folder, 'lab.go'));
  for (const file of ['go.mod', 'go.sum']) await copyFile(join(source, file), join(work, file));
  await go(['mod', 'edit', '-replace', `${change.module}=${copy}`, join(work, 'go.mod')], source);
  return ['-mod=mod', '-modfile', join(work, 'go.mod')];
}

/** Go's module cache is read-only, and so is a copy of it. */
async function makeWritable(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await makeWritable(join(folder, entry.name));
  }
}

function go(args: readonly string[], cwd: string, onLine?: (line: string) => void): Promise<string> {
  return run(['go', ...args], { cwd, env: { CGO_ENABLED: '0', GOFLAGS: '' }, ...(onLine && { onLine }) });
}

function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

let knownVersion: string | undefined;

function goVersion(): string {
  try {
    // Synchronous, because an artefact's key must be known before anything is awaited. 5 ms.
    knownVersion ??= execFileSync('go', ['env', 'GOVERSION', 'GOARCH'], { encoding: 'utf8' });
    return knownVersion;
  } catch (cause) {
    throw new Error('The lab compiles Kubernetes: it needs Go 1.26 or newer on the PATH.', { cause });
  }
}
