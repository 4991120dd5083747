import type { Registry } from '#shared/spec/cluster.ts';
import { containerdHeader } from '../nodes/containerd-config.ts';
import { daemonJsonWithoutOurs } from '../nodes/daemon-json.ts';
import { backupOf, containerdConfigPath, daemonJsonPath } from '../nodes/node-files.ts';
import type { FoundFile, RemoteFile } from '../ports.ts';

export interface FileRemoval {
  /** As they were before us. */
  readonly restore: readonly RemoteFile[];
  readonly remove: readonly string[];
  /** One sentence for each that stays, although it is recorded. */
  readonly kept: readonly string[];
}

/**
 * What becomes of the files that are recorded as ours: what replaced somebody's own gives way to it again, and the rest
 * goes. Pure; may be asked again after half of it was done.
 * @param found What is there of `pathsToRead(recorded)`.
 */
export function fileRemoval(
  machine: string,
  recorded: ReadonlySet<string>,
  found: ReadonlyMap<string, FoundFile>,
  registries: readonly Registry[],
): FileRemoval {
  const restore: RemoteFile[] = [];
  const remove: string[] = [];
  const kept: string[] = [];
  for (const path of new Set([...recorded].map((each) => originalOf(each) ?? each))) {
    const now = found.get(path);
    if (recorded.has(backupOf(path))) {
      const backup = found.get(backupOf(path));
      // Restored by a run that died since, or never replaced.
      if (!backup) continue;
      if (isReplaced(path, now) && now?.sha256 !== backup.sha256) {
        kept.push(`${backupOf(path)} on ${machine} stays: ${path} was replaced since, and not by us.`);
        continue;
      }
      restore.push(
        path === daemonJsonPath && now ? mergedBack(machine, now, backup, registries) : fileOf(path, backup),
      );
      remove.push(backupOf(path));
    } else if (path === daemonJsonPath && now) {
      const without = daemonJsonWithoutOurs(machine, textOf(now), undefined, registries);
      if (without === undefined) remove.push(path);
      else restore.push({ path, content: new TextEncoder().encode(without), mode: now.mode });
    } else if (!isReplaced(path, now)) remove.push(path);
    else kept.push(`${path} on ${machine} stays: it was replaced since, and not by us.`);
  }
  return { restore, remove, kept };
}

/** The recorded files and those whose place they took. */
export function pathsToRead(recorded: ReadonlySet<string>): readonly string[] {
  return [...new Set([...recorded].flatMap((path) => [path, originalOf(path) ?? path]))].sort();
}

/** Nobody else has a use for these once they are empty. */
const ownFolders = ['/etc/slipway', '/etc/kubernetes', '/etc/containerd/certs.d', '/etc/docker/certs.d'];

export function foldersOf(recorded: ReadonlySet<string>): readonly string[] {
  const folders = new Set<string>();
  for (const path of recorded) {
    const root = ownFolders.find((folder) => path.startsWith(`${folder}/`));
    if (root === undefined) continue;
    for (let at = path; at !== root;) {
      at = at.slice(0, at.lastIndexOf('/'));
      folders.add(at);
    }
  }
  return [...folders].sort();
}

/** Settings that the person made since stay. */
function mergedBack(machine: string, now: FoundFile, backup: FoundFile, registries: readonly Registry[]): RemoteFile {
  const text = daemonJsonWithoutOurs(machine, textOf(now), textOf(backup), registries) ?? '{}\n';
  return { path: daemonJsonPath, content: new TextEncoder().encode(text), mode: backup.mode };
}

/** The only one of our files that others write, too, and that says whose it is. */
function isReplaced(path: string, now: FoundFile | undefined): boolean {
  return path === containerdConfigPath && now !== undefined && !textOf(now).startsWith(containerdHeader);
}

function originalOf(path: string): string | undefined {
  const suffix = backupOf('');
  return path.endsWith(suffix) ? path.slice(0, -suffix.length) : undefined;
}

function textOf({ content }: FoundFile): string {
  return new TextDecoder().decode(content);
}

function fileOf(path: string, { content, mode }: FoundFile): RemoteFile {
  return { path, content, mode };
}
