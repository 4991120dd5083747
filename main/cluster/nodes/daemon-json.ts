import { preflightErrors } from '#shared/errors/preflight.ts';
import type { Registry } from '#shared/spec/cluster.ts';

/**
 * /etc/docker/daemon.json with what we need added and everything else as it was. Text that has it all already is
 * answered unchanged, byte for byte, so that Docker is not restarted for a different indentation.
 * @param existing `undefined` where there is no file.
 * @throws `preflight.daemon_json_unreadable`: a file that we do not understand is never overwritten.
 */
export function mergedDaemonJson(
  machine: string,
  existing: string | undefined,
  registries: readonly Registry[],
): { readonly text: string; readonly warnings: readonly string[] } {
  const found = parsed(machine, existing);
  const wanted = merge(found, registries);
  const warnings =
    found['live-restore'] === false
      ? [
          `/etc/docker/daemon.json on ${machine} says "live-restore": false: an upgrade of Docker stops the cluster there.`,
        ]
      : [];
  const unchanged = existing !== undefined && JSON.stringify(found) === JSON.stringify(wanted);
  return { text: unchanged ? existing : `${JSON.stringify(wanted, undefined, 2)}\n`, warnings };
}

/**
 * The same the other way round: without what `mergedDaemonJson` has added, and with everything else as it is now.
 * Text that is left as it was `before` us is that text, byte for byte.
 * @param before `undefined` where there was no file.
 * @returns `undefined` when nothing is left.
 * @throws `preflight.daemon_json_unreadable`.
 */
export function daemonJsonWithoutOurs(
  machine: string,
  existing: string,
  before: string | undefined,
  registries: readonly Registry[],
): string | undefined {
  const found = parsed(machine, existing);
  const original = parsed(machine, before);
  const wanted = merge(original, registries);
  const left = Object.entries(found).flatMap(([key, value]) => {
    if (!(key in wanted) || sameValue(wanted[key], original[key])) return [[key, value] as const];
    if (!Array.isArray(value)) return sameValue(value, wanted[key]) ? [] : [[key, value] as const];
    const ours: readonly unknown[] = Array.isArray(wanted[key]) ? wanted[key] : [];
    const theirs: readonly unknown[] = Array.isArray(original[key]) ? original[key] : [];
    const rest = value.filter((each) => !ours.includes(each) || theirs.includes(each));
    return rest.length === 0 && !(key in original) ? [] : [[key, rest] as const];
  });
  if (before !== undefined && sameValue(Object.fromEntries(left), original)) return before;
  return left.length === 0 ? undefined : `${JSON.stringify(Object.fromEntries(left), undefined, 2)}\n`;
}

function sameValue(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

type Settings = Readonly<Record<string, unknown>>;

function merge(found: Settings, registries: readonly Registry[]): Settings {
  const insecure = registries.filter((registry) => registry.insecure).map(({ server }) => server);
  // Docker knows mirrors of Docker Hub only; for other hosts the private registry is named in the image itself.
  const mirrors = registries
    .filter(({ mirrorOf }) => mirrorOf.includes('docker.io'))
    .map(({ server, insecure: plain }) => `${plain ? 'http' : 'https'}://${server}`);
  return {
    ...found,
    // Components keep running while dockerd restarts or is upgraded.
    ...('live-restore' in found ? {} : { 'live-restore': true }),
    // Docker's default never rotates. Another log driver has its own options.
    ...('log-driver' in found || 'log-opts' in found ? {} : { 'log-opts': { 'max-file': '3', 'max-size': '10m' } }),
    ...added(found, 'insecure-registries', insecure),
    ...added(found, 'registry-mirrors', mirrors),
  };
}

function added(found: Settings, key: string, wanted: readonly string[]): Settings {
  const listed: readonly unknown[] = Array.isArray(found[key]) ? found[key] : [];
  // Docker adds the slash itself: "http://a" and "http://a/" are one mirror.
  const missing = wanted.filter((value) => !listed.includes(value) && !listed.includes(`${value}/`));
  return missing.length > 0 ? { [key]: [...listed, ...missing] } : {};
}

function parsed(machine: string, existing: string | undefined): Settings {
  if (existing === undefined || existing.trim() === '') return {};
  let value: unknown;
  try {
    value = JSON.parse(existing);
  } catch (error) {
    // The parser's message quotes the text, and that may hold a proxy password: only its place is told.
    const reason =
      error instanceof SyntaxError ? (/at position \d+.*$/.exec(error.message)?.[0] ?? 'syntax error') : '';
    throw preflightErrors.daemon_json_unreadable({ machine, reason });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw preflightErrors.daemon_json_unreadable({ machine, reason: 'no object at the top' });
  }
  return Object.fromEntries(Object.entries(value));
}
