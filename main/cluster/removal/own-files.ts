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
 * @param found What is there of `recorded` and of their originals.
 */
export function fileRemoval(
  machine: string,
  recorded: readonly string[],
  found: ReadonlyMap<string, FoundFile>,
  registries: readonly Registry[],
): FileRemoval {
  const paths = new Set(recorded);
  const restore: RemoteFile[] = [];
  const remove: string[] = [];
  const kept: string[] = [];
  const originals = recorded.flatMap((path) => originalOf(path) ?? []);
  for (const path of new Set([...recorded.filter((each) => originalOf(each) === undefined), ...originals])) {
    const backup = paths.has(backupOf(path)) ? found.get(backupOf(path)) : undefined;
    const now = found.get(path);
    if (path === daemonJsonPath && now) {
      const before = backup && textOf(backup);
      const without = daemonJsonWithoutOurs(machine, textOf(now), before, registries);
      if (without === undefined && paths.has(path)) remove.push(path);
      else if ((without ?? '{}\n') !== textOf(now)) restore.push(file(path, without ?? '{}\n', backup ?? now));
    } else if (path === containerdConfigPath && now && !textOf(now).startsWith(containerdHeader)) {
      // Somebody's own, or restored already by a run that died since.
      if (backup && backup.sha256 !== now.sha256) {
        kept.push(`${backupOf(path)} on ${machine} stays: ${path} was replaced since, and not by us.`);
        continue;
      }
    } else if (backup) restore.push({ path, content: backup.content, mode: backup.mode });
    // A recorded one whose backup is gone was restored by a run that died since.
    else if (paths.has(path)) remove.push(path);
    if (backup) remove.push(backupOf(path));
  }
  return { restore, remove, kept };
}

export function originalOf(path: string): string | undefined {
  const suffix = backupOf('');
  return path.endsWith(suffix) ? path.slice(0, -suffix.length) : undefined;
}

function file(path: string, text: string, { mode }: FoundFile): RemoteFile {
  return { path, content: new TextEncoder().encode(text), mode };
}

function textOf({ content }: FoundFile): string {
  return new TextDecoder().decode(content);
}
