import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What marks the fuses in Electron's program, and behind it their version, their number and one digit for each. */
const sentinel = Buffer.from('dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX');
const shipped = '10100001';

/** In the order of Electron's build/fuses/fuses.json5. */
const names = [
  'runAsNode',
  'cookieEncryption',
  'nodeOptions',
  'nodeCliInspect',
  'asarIntegrity',
  'onlyLoadFromAsar',
  'browserSnapshot',
  'fileProtocolPrivileges',
] as const;

/** A folder that has the shape of Electron's for Linux, with a program that holds fuses and does nothing. */
export async function fakeElectron(folder: string): Promise<string> {
  await mkdir(join(folder, 'locales'), { recursive: true });
  await mkdir(join(folder, 'resources'));
  const wire = Buffer.concat([sentinel, Buffer.from([1, shipped.length]), Buffer.from(shipped)]);
  await writeFile(join(folder, 'electron'), Buffer.concat([Buffer.alloc(64), wire, Buffer.alloc(64)]), { mode: 0o755 });
  const files = ['LICENSE', 'LICENSES.chromium.html', 'chrome-sandbox', 'icudtl.dat', 'version', 'locales/en-US.pak'];
  for (const file of files) await writeFile(join(folder, file), 'not the real one');
  return folder;
}

/** Which fuses of a program are on. */
export async function fusesOf(program: string): Promise<readonly string[]> {
  const content = await readFile(program);
  const at = content.indexOf(sentinel) + sentinel.length + 2;
  return names.filter((_name, index) => content[at + index] === '1'.charCodeAt(0));
}
