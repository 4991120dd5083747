import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import tar from 'tar-stream';
import type { FoundFile, RemoteFile } from '#main/cluster/ports.ts';
import { mustRunAsRoot, quote } from './shell.ts';
import type { MachineConnections } from './ssh/connections.ts';

/**
 * Many files in one command: a tar archive on standard input, unpacked into a staging folder on the same file system
 * as each target (its own folder), then fsync and rename. SFTP would run as the user, who may not be root.
 */
export async function writeFiles(
  connections: MachineConnections,
  machine: string,
  files: readonly RemoteFile[],
  signal: AbortSignal,
): Promise<void> {
  if (files.length === 0) return;
  const archive = await tarOf(files.map((file, index) => ({ ...file, path: String(index) })));
  const script = [
    'set -e',
    'umask 022',
    'staging=$(mktemp -d /tmp/.slipway-XXXXXXXX)',
    'trap \'rm -rf "$staging"\' EXIT',
    'tar -xpf - -C "$staging" --no-same-owner',
    ...files.map(({ path, mode }, index) => placing(path, mode, index)),
  ];
  await mustRunAsRoot(
    connections,
    machine,
    { action: `write ${files.map(({ path }) => path).join(', ')}`, script: script.join('\n'), input: archive },
    signal,
  );
}

/** The copy next to the target is made unreadable first, so that a key is never open for a moment. */
function placing(path: string, mode: number, index: number): string {
  const folder = path.slice(0, path.lastIndexOf('/')) || '/';
  const name = path.slice(path.lastIndexOf('/') + 1);
  const temporary = quote(`${folder === '/' ? '' : folder}/.${name}.slipway`);
  return [
    `mkdir -p ${quote(folder)}`,
    `(umask 077; cat "$staging/${index}" > ${temporary})`,
    `chown 0:0 ${temporary}`,
    `chmod ${(mode & 0o7777).toString(8)} ${temporary}`,
    `sync ${temporary}`,
    `mv -f ${temporary} ${quote(path)}`,
  ].join('\n');
}

/** One archive of the files that are there; what is absent is left out by the shell, what cannot be read is an error. */
export async function readFiles(
  connections: MachineConnections,
  machine: string,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, FoundFile>> {
  if (paths.length === 0) return new Map();
  const script = [
    'set --',
    ...paths.map((path) => `[ -f ${quote(path)} ] && set -- "$@" ${quote(path.replace(/^\//, ''))}`),
    '[ $# = 0 ] || tar -cf - --dereference -C / -- "$@"',
  ];
  const run = { action: `read ${paths.join(', ')}`, script: script.join('\n') };
  const { output } = await mustRunAsRoot(connections, machine, run, signal);
  const found = new Map<string, FoundFile>();
  if (output.length === 0) return found;
  for (const { path, mode, content } of await filesOf(output)) found.set(`/${path}`, foundFile(content, mode));
  return found;
}

export function foundFile(content: Uint8Array, mode: number): FoundFile {
  return { sha256: createHash('sha256').update(content).digest('hex'), mode: mode & 0o7777, content };
}

/** Names as given, owner root. */
export async function tarOf(files: readonly RemoteFile[]): Promise<Buffer> {
  const pack = tar.pack();
  for (const { path, mode, content } of files)
    pack.entry({ name: path, mode, uid: 0, gid: 0, mtime: new Date() }, Buffer.from(content));
  pack.finalize();
  return buffer(pack);
}

/** Regular files of an archive, in its order. */
export async function filesOf(archive: Buffer | NodeJS.ReadableStream): Promise<readonly RemoteFile[]> {
  const files: RemoteFile[] = [];
  const extract = tar.extract();
  const reading = Buffer.isBuffer(archive) ? pipeline([archive], extract) : pipeline(archive, extract);
  const entries = (async () => {
    for await (const entry of extract) {
      const content = await buffer(entry);
      const { type, name, mode } = entry.header;
      if (type === 'file') files.push({ path: name, mode, content });
    }
  })();
  await Promise.all([reading, entries]);
  return files;
}
