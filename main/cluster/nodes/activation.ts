import type { FoundFile, RemoteFile } from '../ports.ts';
import { sha256Hex } from '../sha256.ts';
import type { NodeFiles } from './node-files.ts';

/** Which configuration the running daemons have read: a file that is right says nothing about that. */
export const activationPath = '/etc/slipway/activated.json';

export type Activated = 'system' | 'containerd' | 'docker';
const parts = ['system', 'containerd', 'docker'] as const;

/** None of these parts holds a login, so their hashes may be read by anybody. */
export function activatedText(files: NodeFiles): RemoteFile {
  const hashes = Object.fromEntries(parts.map((part) => [part, hashOf(files[part])]));
  const content = new TextEncoder().encode(`${JSON.stringify(hashes, undefined, 2)}\n`);
  return { path: activationPath, content, mode: 0o644 };
}

/** Empty where there is no record or none that can be read: then everything is activated once more. */
export function readActivated(found: ReadonlyMap<string, FoundFile>): ReadonlyMap<string, unknown> {
  const record = found.get(activationPath);
  if (!record) return new Map();
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(record.content));
    return typeof value === 'object' && value !== null ? new Map(Object.entries(value)) : new Map();
  } catch {
    return new Map(); // It is ours alone and is written anew at the end.
  }
}

export function restartsNeeded(files: NodeFiles, activated: ReadonlyMap<string, unknown>): readonly Activated[] {
  return parts.filter((part) => activated.get(part) !== hashOf(files[part]));
}

/** Files whose content or mode on the machine is another one. */
export function changedFiles(
  wanted: readonly RemoteFile[],
  found: ReadonlyMap<string, FoundFile>,
): readonly RemoteFile[] {
  return wanted.filter(({ path, content, mode }) => {
    const there = found.get(path);
    return there?.sha256 !== sha256Hex(content) || there.mode !== mode;
  });
}

function hashOf(files: readonly RemoteFile[]): string {
  return sha256Hex(files.map(({ path, content }) => `${path} ${sha256Hex(content)}`).join('\n'));
}
