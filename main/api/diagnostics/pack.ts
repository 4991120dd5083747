import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';
import type { DiagnosticFile } from './collect.ts';

export interface Packed {
  readonly fileName: string;
  /** A `.tar.gz` of exactly these files, in one folder. */
  readonly bytes: Buffer;
}

/** @param at epoch ms: in the name, and as the files' age. */
export async function packDiagnostics(files: readonly DiagnosticFile[], at: number): Promise<Packed> {
  const folder = `slipway-diagnostics-${new Date(at).toISOString().slice(0, 19).replace(/[-:]/g, '')}`;
  const archive = pack();
  for (const { name, text } of files) {
    archive.entry({ name: `${folder}/${name}`, mode: 0o600, mtime: new Date(at) }, text);
  }
  archive.finalize();
  return { fileName: `${folder}.tar.gz`, bytes: await promisify(gzip)(await buffer(archive)) };
}
