import {
  type DirectoryEntry,
  directoryRecord,
  directorySectors,
  type Extent,
  inSectors,
  sectorBytes,
  sectorsFor,
} from './directory.ts';
import { ascii, byte, joined, ucs2 } from './fields.ts';
import { levelOneNames } from './names.ts';
import { extensionReference, fileEntries, parentEntries, type PosixAttributes, rootEntries } from './rock-ridge.ts';
import { descriptorsEnd, pathTable, type Volume, volumeDescriptor } from './volume.ts';

export interface IsoFile {
  /** Printable ASCII without "/", at most 64. */
  readonly name: string;
  /** Text is written as UTF-8. */
  readonly content: string | Uint8Array;
}

export interface IsoOptions {
  /** At most 16 characters. `cidata` is what cloud-init's NoCloud looks for. */
  readonly volumeLabel: string;
  /** Epoch milliseconds, of every date in it: equal input gives equal bytes. */
  readonly at: number;
}

/** Before the descriptors, for boot code (ECMA-119 6.2.1). */
const systemAreaSectors = 16;

/**
 * A CD image with these files in its root: ISO 9660 level 1 with Rock Ridge and Joliet, so that Linux, Windows and
 * every mount helper in between read the names as given. Only root may read the files: a seed holds keys.
 * Follows ECMA-119, SUSP 1.12, RRIP 1.09 and the Joliet specification; no npm package writes all of these.
 */
export function buildIso(given: readonly IsoFile[], options: IsoOptions): Uint8Array {
  checkNames(given, options.volumeLabel);
  const files = given.map(({ name, content }) => ({ name, content: Buffer.from(content) }));
  const at = new Date(options.at);
  const trees = [primaryTree(files, at), jolietTree(files, at)];

  // Where everything goes comes first: directories hold sector numbers, but their size does not depend on them.
  let next = systemAreaSectors + trees.length + 1;
  const take = (bytes: number): Extent => {
    const extent = { sector: next, bytes };
    next += sectorsFor(bytes);
    return extent;
  };
  const placed = trees.map((tree) => ({
    tree,
    tables: { little: take(pathTableBytes), big: take(pathTableBytes) },
    root: take(
      directorySectors(
        tree.records(
          nowhere,
          nowhere.sector,
          files.map(() => nowhere),
        ),
      ).length,
    ),
  }));
  const continuation = take(extensionReference().length);
  const extents = files.map(({ content }) => take(content.length));

  const descriptors = placed.map(({ tree, tables, root }) =>
    volumeDescriptor({
      kind: tree.kind,
      label: options.volumeLabel,
      at,
      sectors: next,
      pathTableBytes,
      littleEndianTable: tables.little.sector,
      bigEndianTable: tables.big.sector,
      root: directoryRecord(plainDirectory(byte(0), root, at)),
    }),
  );
  const directories = placed.flatMap(({ tree, root }) => [
    inSectors(pathTable(root, 'little')),
    inSectors(pathTable(root, 'big')),
    directorySectors(tree.records(root, continuation.sector, extents)),
  ]);
  return joined([
    new Uint8Array(systemAreaSectors * sectorBytes),
    ...descriptors,
    descriptorsEnd(),
    ...directories,
    inSectors(extensionReference()),
    ...files.map(({ content }) => inSectors(content)),
  ]);
}

const nowhere: Extent = { sector: 0, bytes: 0 };
const pathTableBytes = pathTable(nowhere, 'little').length;

/** The root directory as one kind of reader sees it. */
interface Tree {
  readonly kind: Volume['kind'];
  /** ".", ".." and the files, sorted by identifier. @param files in the order in which they were given. */
  records(root: Extent, continuationSector: number, files: readonly Extent[]): readonly Uint8Array[];
}

function primaryTree(files: readonly IsoFile[], at: Date): Tree {
  const names = levelOneNames(files.map(({ name }) => name));
  const directory: PosixAttributes = { mode: 0o040755, links: 2, at };
  const file: PosixAttributes = { mode: 0o100400, links: 1, at };
  return {
    kind: 'primary',
    records: (root, continuationSector, extents) => [
      directoryRecord({
        ...plainDirectory(byte(0), root, at),
        systemUse: rootEntries(directory, continuationSector),
      }),
      directoryRecord({ ...plainDirectory(byte(1), root, at), systemUse: parentEntries(directory) }),
      ...fileRecords(
        files,
        extents,
        at,
        (index) => ascii(names[index] ?? ''),
        ({ name }) => fileEntries(name, file),
      ),
    ],
  };
}

function jolietTree(files: readonly IsoFile[], at: Date): Tree {
  return {
    kind: 'joliet',
    records: (root, _continuationSector, extents) => [
      directoryRecord(plainDirectory(byte(0), root, at)),
      directoryRecord(plainDirectory(byte(1), root, at)),
      ...fileRecords(
        files,
        extents,
        at,
        (_index, { name }) => ucs2(`${name};1`),
        () => byte(),
      ),
    ],
  };
}

function plainDirectory(identifier: Uint8Array, extent: Extent, at: Date): DirectoryEntry {
  return { ...extent, identifier, directory: true, at, systemUse: byte() };
}

function fileRecords(
  files: readonly IsoFile[],
  extents: readonly Extent[],
  at: Date,
  identifierOf: (index: number, file: IsoFile) => Uint8Array,
  systemUseOf: (file: IsoFile) => Uint8Array,
): readonly Uint8Array[] {
  return files
    .map((file, index) => ({
      ...(extents[index] ?? nowhere),
      identifier: identifierOf(index, file),
      directory: false,
      at,
      systemUse: systemUseOf(file),
    }))
    .sort((a, b) => Buffer.compare(a.identifier, b.identifier))
    .map(directoryRecord);
}

function checkNames(files: readonly IsoFile[], label: string): void {
  const names = files.map(({ name }) => name);
  const bad = names.find((name, index) => !/^[!-.0-~]{1,64}$/.test(name) || names.indexOf(name) !== index);
  if (bad !== undefined) throw new Error(`"${bad}" cannot be a file name of this image, or is one already.`);
  if (!/^[ -~]{1,16}$/.test(label)) throw new Error(`"${label}" cannot be the label of an image.`);
}
