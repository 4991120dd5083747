import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as v from 'valibot';

export interface Packed {
  readonly path: string;
  /** It lies beside the archive, not in it. */
  readonly unpacked: boolean;
  /** The archive's header has its checksum. */
  readonly checked: boolean;
  readonly content: Buffer;
}

interface Entry {
  readonly files?: Readonly<Record<string, Entry>> | undefined;
  readonly unpacked?: boolean | undefined;
  readonly integrity?: unknown;
  readonly size?: number | undefined;
  readonly offset?: string | undefined;
}

const Entry: v.GenericSchema<Entry> = v.object({
  files: v.optional(
    v.record(
      v.string(),
      v.lazy(() => Entry),
    ),
  ),
  unpacked: v.optional(v.boolean()),
  integrity: v.optional(v.unknown()),
  size: v.optional(v.number()),
  offset: v.optional(v.string()),
});

/** What an Electron archive holds: a header in JSON behind four lengths, then the files, one after the other. */
export async function filesOfArchive(file: string): Promise<readonly Packed[]> {
  const archive = await readFile(file);
  const header = archive.subarray(16, 16 + archive.readUInt32LE(12)).toString('utf8');
  const content = archive.subarray(8 + archive.readUInt32LE(4));
  return below(v.parse(Entry, JSON.parse(header)), '', content);
}

function below({ files = {} }: Entry, folder: string, content: Buffer): readonly Packed[] {
  return Object.entries(files).flatMap(([name, entry]) => {
    const path = `${folder}${name}`;
    if (entry.files) return below(entry, `${path}/`, content);
    const from = Number(entry.offset ?? 0);
    return [
      {
        path,
        unpacked: entry.unpacked === true,
        checked: entry.integrity !== undefined,
        content: content.subarray(from, from + (entry.size ?? 0)),
      },
    ];
  });
}

/** As Electron sees it: the archive, with what lies beside it in its places. */
export async function extractArchive(archive: string, folder: string): Promise<void> {
  for (const { path, unpacked, content } of await filesOfArchive(archive)) {
    const place = join(folder, path);
    await mkdir(dirname(place), { recursive: true });
    if (unpacked) await cp(join(`${archive}.unpacked`, path), place);
    else await writeFile(place, content);
  }
}
