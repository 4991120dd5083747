import { cp, readFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { basename, dirname, extname, join, relative, sep } from 'node:path';

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** Sources and tools of packages: what runs is JavaScript, data and compiled code. */
const leftOutFolders = new Set([
  'node_modules',
  'test',
  'tests',
  'example',
  'examples',
  'docs',
  '.github',
  'deps',
  'src',
  'obj.target',
  '.deps',
]);
const leftOutTypes = new Set([
  '.ts',
  '.mts',
  '.cts',
  '.map',
  '.md',
  '.markdown',
  '.flow',
  '.gyp',
  '.c',
  '.cc',
  '.h',
  '.exe',
  '.pdb',
]);
/** Only what compiles native code, or fetches it compiled, and types asks for these. */
const forBuilding = /^(prebuild-install|node-addon-api|@types\/.+)$/;
/** Of packages whose JavaScript is in such a folder. */
const keptFolders: readonly string[] = [
  'protobufjs/src',
  'debug/src',
  '@grpc/grpc-js/build/src',
  '@grpc/proto-loader/build/src',
  'long/src',
];

/**
 * Copies packages and all that they need, each at the place where Node finds it, without what is only for building
 * them. Answers the version of each.
 */
export async function copyModules(
  names: readonly string[],
  from: string,
  to: string,
): Promise<ReadonlyMap<string, string>> {
  const versions = new Map<string, string>();
  const done = new Set<string>();
  const waiting = names.map((name) => join(from, name));
  for (let folder = waiting.shift(); folder !== undefined; folder = waiting.shift()) {
    if (done.has(folder)) continue;
    done.add(folder);
    const manifest: Manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    versions.set(manifest.name, manifest.version);
    const source = folder;
    const place = relative(from, source);
    await cp(source, join(to, place), { recursive: true, filter: (path) => isWanted(source, path, place) });
    for (const name of Object.keys(manifest.dependencies ?? {})) {
      if (!forBuilding.test(name)) waiting.push(find(name, folder, from));
    }
  }
  return versions;
}

function isWanted(source: string, path: string, place: string): boolean {
  const below = relative(source, path).split(sep).join('/');
  if (below === '') return true;
  const whole = `${place.split(sep).join('/')}/${below}`;
  if (keptFolders.some((kept) => whole === kept || whole.startsWith(`${kept}/`) || kept.startsWith(`${whole}/`))) {
    return !leftOutTypes.has(extname(below));
  }
  if (below.split('/').some((part) => leftOutFolders.has(part))) return false;
  if (extname(below) === '.node') return isForThisSystem(below);
  return !leftOutTypes.has(extname(below));
}

/** `linux-x64.node`; one without a system in its name was compiled here. */
function isForThisSystem(file: string): boolean {
  const name = basename(file, '.node');
  const [system, arch] = name.split('-');
  return arch === undefined || (system === process.platform && arch === process.arch);
}

/** As Node looks for it: in the folder of the package that needs it, then further up. */
function find(name: string, folder: string, root: string): string {
  for (let at = folder; at.startsWith(root); at = dirname(at)) {
    const found = basename(at) === 'node_modules' ? join(at, name) : join(at, 'node_modules', name);
    if (existsSync(join(found, 'package.json'))) return found;
  }
  throw new Error(`${name} is not installed, but ${relative(root, folder)} needs it. Run npm ci.`);
}
