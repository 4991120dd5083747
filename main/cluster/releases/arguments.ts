import { releaseErrors } from '#shared/errors/release.ts';
import type { Cluster } from '../cluster.ts';
import { didYouMean } from '../spec/did-you-mean.ts';
import type { Dialect } from './dialect.ts';
import type { Component } from './flags.ts';

/** Values for the `{name}` of the flag table. `undefined` leaves the row out, '' passes an empty value. */
export type FlagValues = Readonly<Record<string, string | undefined>>;
type ExtraArgs = Readonly<Record<string, string | null>>;

/** Lists in which a person adds to ours instead of replacing it (in RKE an addition silently dropped the defaults). */
const appended = ['enable-admission-plugins', 'feature-gates'];

const components: readonly Component[] = [
  'etcd',
  'kubeApiserver',
  'kubeControllerManager',
  'kubeScheduler',
  'kubelet',
  'kubeProxy',
];

/** `--flag=value` of one component, in the order of the table; the person's own ones last, sorted. */
export function componentArguments(
  dialect: Dialect,
  component: Component,
  values: FlagValues,
  extraArgs: ExtraArgs,
): readonly string[] {
  const flags = new Map<string, string>();
  for (const row of dialect.flags[component]) {
    const value = filled(row.value, values);
    if (value !== undefined) flags.set(row.flag, value);
  }
  for (const [flag, value] of Object.entries(extraArgs).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (value === null) flags.delete(flag);
    else flags.set(flag, mergedValue(flag, flags.get(flag), value));
  }
  return [...flags].map(([flag, value]) => `--${flag}=${value}`);
}

/** `undefined` when a value that the template names is not there. */
function filled(template: string, values: FlagValues): string | undefined {
  const names = [...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '');
  if (names.some((name) => values[name] === undefined)) return undefined;
  return template.replace(/\{(\w+)\}/g, (_whole, name: string) => values[name] ?? '');
}

function mergedValue(flag: string, ours: string | undefined, theirs: string): string {
  if (ours === undefined || !appended.includes(flag)) return theirs;
  const entries = new Map<string, string>();
  // `name=true` replaces an earlier `name=false`; a plain name is its own key.
  for (const entry of `${ours},${theirs}`.split(',')) if (entry) entries.set(entry.split('=')[0] ?? entry, entry);
  return [...entries.values()].join(',');
}

/**
 * Refuses arguments that a component of this release does not know: it would end at its start. For the plan builder,
 * before anything is changed.
 * @throws `release.unknown_flag` naming the field, with the nearest known name.
 */
export function checkExtraArgs(cluster: Cluster): void {
  for (const component of components) {
    for (const flag of Object.keys(cluster.spec.services[component].extraArgs)) {
      const known = cluster.release.dialect.known[component];
      if (known.has(flag)) continue;
      const field = `spec.services.${component}.extraArgs`;
      throw releaseErrors.unknown_flag(
        {
          field,
          flag,
          release: cluster.release.version,
          suggestion: suggestion(flag, known, usesFile(cluster, component)),
        },
        { target: field },
      );
    }
  }
}

function usesFile(cluster: Cluster, component: Component): boolean {
  return Object.keys(cluster.release.dialect.configFields[component]).length > 0;
}

function suggestion(flag: string, known: ReadonlySet<string>, hasConfig: boolean): string {
  if (flag.startsWith('-')) return 'Write the name without dashes in front.';
  const nearest = didYouMean(flag, [...known]);
  if (nearest !== undefined) return `Did you mean "${nearest}"?`;
  return hasConfig ? 'Beside its configuration file it would be ignored: set the field under "config" instead.' : '';
}
