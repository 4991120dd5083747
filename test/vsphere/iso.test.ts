import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { buildIso, type IsoFile } from '#main/vsphere/iso/build-iso.ts';
import { run } from '#test/lab/command.ts';
import { ensurePrograms } from '#test/lab/host-packages.ts';
import { silent } from '#test/lab/progress.ts';

const at = Date.UTC(2026, 0, 2, 3, 4, 5);

/** Different bytes in every file, so that no extent can stand in for another. */
const bytes = (length: number): Buffer =>
  Buffer.from(Array.from({ length }, (_, index) => (index * 31 + length) % 251));

const seed: readonly IsoFile[] = [
  { name: 'user-data', content: `#cloud-config\nhostname: "m1" # ä\n` },
  { name: 'meta-data', content: 'instance-id: 1\n' },
  { name: 'network-config', content: 'version: 2\n' },
];

const sizes: readonly IsoFile[] = [0, 2047, 2048, 2049, 300 * 1024].map((size) => ({
  name: `file-of-${String(size)}-bytes.text`,
  content: bytes(size),
}));

/** More records than one sector holds, all of which begin alike. */
const many: readonly IsoFile[] = Array.from({ length: 40 }, (_, index) => ({
  name: `a-name-that-is-longer-than-eight-${String(index)}`,
  content: bytes(index),
}));

/** The independent readers: each unpacks an image into a folder. */
const readers = {
  'xorriso, Rock Ridge': (iso: string, to: string) =>
    run(['xorriso', '-osirrox', 'on', '-indev', iso, '-extract', '/', to]),
  'xorriso, Joliet': (iso: string, to: string) =>
    run(['xorriso', '-read_fs', 'norock', '-osirrox', 'on', '-indev', iso, '-extract', '/', to]),
  'bsdtar, Rock Ridge': (iso: string, to: string) => run(['bsdtar', '--options', '!joliet', '-xf', iso, '-C', to]),
  'bsdtar, Joliet': (iso: string, to: string) => run(['bsdtar', '--options', '!rockridge', '-xf', iso, '-C', to]),
};

async function written(files: readonly IsoFile[]): Promise<{ readonly iso: string; readonly folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-iso-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const iso = join(folder, 'seed.iso');
  await writeFile(iso, buildIso(files, { volumeLabel: 'cidata', at }));
  return { iso, folder };
}

async function contentOf(folder: string): Promise<Readonly<Record<string, string>>> {
  const names = (await readdir(folder)).sort();
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, (await readFile(join(folder, name))).toString('base64')])),
  );
}

const expected = (files: readonly IsoFile[]): Readonly<Record<string, string>> =>
  Object.fromEntries(files.map(({ name, content }) => [name, Buffer.from(content).toString('base64')]));

describe('the boot image', () => {
  beforeAll(() => ensurePrograms(['xorriso', 'bsdtar', 'blkid'], silent));

  const contents = { 'a seed': seed, 'files of every size': sizes, 'many files': many };
  const cases = Object.entries(readers).flatMap(([reader, unpack]) =>
    Object.entries(contents).map(([what, files]) => ({ reader, unpack, what, files })),
  );
  it.each(cases)('with $what is read by $reader with the same names and bytes', async ({ unpack, files }) => {
    const { iso, folder } = await written(files);
    const to = await mkdtemp(join(folder, 'to-'));
    await unpack(iso, to);
    expect(await contentOf(to)).toEqual(expected(files));
  });

  it('has names of 8 + 3, all different, for readers that know neither Rock Ridge nor Joliet', async () => {
    const { iso } = await written(many);
    const listed = await run(['bsdtar', '--options', '!rockridge,!joliet', '-tf', iso]);
    const names = listed.split('\n').filter((name) => name !== '' && name !== '.');
    expect([names.length, new Set(names).size, names.filter((name) => !/^[A-Z0-9_]{1,8}$/.test(name))]).toEqual([
      40,
      40,
      [],
    ]);
  });

  it('is found by its label cidata', async () => {
    const { iso } = await written(seed);
    expect(await run(['blkid', '-o', 'value', '-s', 'LABEL', iso])).toBe('cidata\n');
    expect(await run(['blkid', '-o', 'value', '-s', 'TYPE', iso])).toBe('iso9660\n');
  });

  it('shows its files to root only', async () => {
    const { iso } = await written(seed);
    const lines = (await run(['bsdtar', '-tvf', iso])).trim().split('\n');
    expect(lines.map((line) => line.slice(0, 10)).sort()).toEqual([
      '-r--------',
      '-r--------',
      '-r--------',
      'drwxr-xr-x',
    ]);
  });
});
