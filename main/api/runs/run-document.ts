import * as v from 'valibot';
import { checkSpec } from '#main/cluster/spec/check-spec.ts';
import type { ExistingMachines } from '#main/cluster/spec/pool-problems.ts';
import { invalidSpec, parseSpec } from '#main/cluster/spec/parse-spec.ts';
import type { Release } from '#main/cluster/releases/release.ts';
import { defaultRelease, findRelease } from '#main/cluster/releases/catalogue.ts';
import { type ErrorData, hasCode } from '#shared/errors/define.ts';
import type { Json } from '#shared/json.ts';
import { ClusterSpec } from '#shared/spec/cluster.ts';
import type { Store } from '#main/store/store.ts';
import { withInventoryTemplates } from '#main/api/saved/templates.ts';

/** A cluster spec as it was given. */
export interface SpecSource {
  /** YAML or JSON. */
  readonly text: string;
  /** Where relative paths in it (`file:` references, add-on files) start: the folder of the spec file. */
  readonly folder: string;
}

/** What is journaled beside the plan: enough to build the ports again after a crash. */
export const RunDocument = v.strictObject({ spec: ClusterSpec, release: v.string(), folder: v.string() });
export type RunDocument = v.InferOutput<typeof RunDocument>;

/** @throws `spec.unreadable`, `spec.invalid` with every problem in its chain. */
export function readSpec(
  store: Store,
  { text, folder }: SpecSource,
): {
  readonly document: RunDocument;
  readonly warnings: readonly string[];
} {
  // A run keeps what it was made from: the inventory's template may change tomorrow.
  const spec = withInventoryTemplates(parseSpec(text), store);
  const { release, problems } = releaseOf(spec);
  const { errors, warnings } = checkSpec(spec, release, existingMachines(store, spec.metadata.name));
  // What another release makes of the arguments says nothing about the one that was meant.
  const others = problems.length > 0 ? errors.filter(({ code }) => code !== 'release.unknown_flag') : errors;
  if (problems.length + others.length > 0) throw invalidSpec([...problems, ...others]);
  return { document: { spec, release: release.version, folder }, warnings };
}

/** Of a cluster that is known already: its machines keep their addresses, and those of other clusters are not free. */
function existingMachines(store: Store, name: string): ExistingMachines {
  const id = store.clusters.find(name)?.id;
  return {
    records: id === undefined ? new Map() : store.viewOf(id).vms(),
    reserved: [...store.assignedAddresses(id ?? '')],
  };
}

/** With an unknown one the default stands in, so that the other problems of the spec are named with it. */
function releaseOf({ spec }: ClusterSpec): { readonly release: Release; readonly problems: readonly ErrorData[] } {
  if (spec.release === undefined) return { release: defaultRelease, problems: [] };
  try {
    return { release: findRelease(spec.release), problems: [] };
  } catch (thrown) {
    if (!hasCode(thrown, 'release.unknown')) throw thrown;
    return { release: defaultRelease, problems: [thrown.data] };
  }
}

/** Through text: what is journaled is exactly what a resume will read. */
export function toJson(document: RunDocument): Json {
  return v.parse(RunDocument, JSON.parse(JSON.stringify(document)));
}
