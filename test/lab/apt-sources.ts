import { readFile, readdir } from 'node:fs/promises';
import { run } from './command.ts';

/** Where this computer gets its Debian packages, so that machines get theirs from the same place. */
export interface AptSources {
  readonly main: string;
  readonly security: string | undefined;
  /** Lines of apt.conf that decide how to reach it: proxies, and checks this computer does without. */
  readonly configuration: string;
}

interface Entry {
  readonly uris: readonly string[];
  readonly suites: readonly string[];
}

/** @throws when this computer has no Debian source: `SLIPWAY_LAB_DEBIAN_MIRROR` then names one. */
export async function readAptSources(): Promise<AptSources> {
  const entries = await readEntries();
  const find = (matches: (suite: string) => boolean): string | undefined =>
    entries.find((entry) => entry.suites.some(matches) && entry.uris[0]?.includes('debian'))?.uris[0];
  const main = process.env['SLIPWAY_LAB_DEBIAN_MIRROR'] ?? find((suite) => /^[a-z]+$/.test(suite));
  if (main === undefined) {
    throw new Error('The lab makes Debian machines: set SLIPWAY_LAB_DEBIAN_MIRROR to the address of a Debian mirror.');
  }
  const relevant = /^Acquire::(https?::|Check-|Retries )/;
  const dump = await run(['apt-config', 'dump']);
  const configuration = [...new Set(dump.split('\n').filter((line) => relevant.test(line)))];
  return {
    main: trim(main),
    security: find((suite) => suite.endsWith('-security')),
    configuration: configuration.map((line) => `${line}\n`).join(''),
  };
}

/** The sources.list of a machine, in deb822 style. */
export function sourcesFor(suite: string, sources: AptSources): string {
  const stanza = (uri: string, suites: string): string =>
    `Types: deb\nURIs: ${trim(uri)}\nSuites: ${suites}\nComponents: main\n` +
    'Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg\n';
  const security = sources.security === undefined ? [] : [stanza(sources.security, `${suite}-security`)];
  return [stanza(sources.main, `${suite} ${suite}-updates`), ...security].join('\n');
}

async function readEntries(): Promise<Entry[]> {
  const folder = '/etc/apt/sources.list.d';
  const names = await readdir(folder).catch(() => []); // not a Debian: the caller says what to do
  const files = ['/etc/apt/sources.list', ...names.sort().map((name) => `${folder}/${name}`)];
  const entries: Entry[] = [];
  for (const file of files) {
    if (!/\.(list|sources)$/.test(file)) continue;
    const text = await readFile(file, 'utf8').catch(() => ''); // sources.list is often absent nowadays
    entries.push(...(file.endsWith('.sources') ? readDeb822(text) : readOneLine(text)));
  }
  return entries;
}

function readDeb822(text: string): Entry[] {
  return text.split(/\n\s*\n/).map((stanza) => {
    const field = (name: string): string[] =>
      (new RegExp(`^${name}:(.*)$`, 'im').exec(stanza)?.[1] ?? '').split(/\s+/).filter(Boolean);
    return { uris: field('URIs'), suites: field('Suites') };
  });
}

function readOneLine(text: string): Entry[] {
  return [...text.matchAll(/^deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)/gm)].map(([, uri = '', suite = '']) => ({
    uris: [uri],
    suites: [suite],
  }));
}

function trim(uri: string): string {
  return uri.replace(/\/+$/, '');
}
