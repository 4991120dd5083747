import * as v from 'valibot';
import { ClusterSpec } from '#shared/spec/cluster.ts';
import type { SpecDocument } from './spec-document.ts';
import type { StepId } from './steps.ts';

/** Something without which the host would refuse the spec. */
export interface Problem {
  /** `spec.pools.0.count`: of the field that has to change. */
  readonly path: string;
  /** `undefined`: there is nothing in it yet. */
  readonly expected: string | undefined;
}

/** What the schema says of the values, by field. The rest is for the host to say: `specs.check` and the plan. */
export function valueProblems(document: SpecDocument): readonly Problem[] {
  const { issues = [] } = v.safeParse(ClusterSpec, document);
  return issues.flatMap((issue) => {
    const path = v.getDotPath(issue);
    if (path === null) return [];
    return [{ path, expected: issue.input === '' ? undefined : expectation(issue) }];
  });
}

/** The schema library says "Invalid value: Expected >=1 but received 0" of limits that have no sentence of their own. */
function expectation({ type, requirement, message }: v.BaseIssue<unknown>): string {
  if (type === 'min_value') return `must be at least ${String(requirement)}`;
  if (type === 'max_value') return `must be at most ${String(requirement)}`;
  return message;
}

/** A cluster of this name is there already, and Create would change that one. */
export function takenName({ metadata }: SpecDocument, clusters: readonly string[]): readonly Problem[] {
  return clusters.includes(metadata.name) ? [{ path: 'metadata.name', expected: 'taken' }] : [];
}

/** What the schema lets pass and no run can do without. */
export function missing({ spec }: SpecDocument): readonly Problem[] {
  const { vsphere, machines = [], pools = [], registries = [], addons = [] } = spec;
  const paths = [
    ...(vsphere === undefined && machines.length === 0 ? ['spec.machines'] : []),
    ...(vsphere !== undefined && pools.length === 0 ? ['spec.pools'] : []),
    ...registries.flatMap(({ username, password }, at) =>
      username !== undefined && password === undefined ? [`spec.registries.${at}.password`] : [],
    ),
    ...addons.flatMap((addOn, at) => {
      if (addOn.from === 'inline') return addOn.yaml.trim() === '' ? [`spec.addons.${at}.yaml`] : [];
      return addOn.from === 'file' && addOn.path === '' ? [`spec.addons.${at}.path`] : [];
    }),
  ];
  return paths.map((path) => ({ path, expected: undefined }));
}

/** The step whose form has the field. */
export function stepOfPath(path: string): StepId {
  if (/^(metadata|spec\.(ssh|vsphere))\b/.test(path)) return 'where';
  return /^spec\.(templates|pools|machines)\b/.test(path) ? 'machines' : 'kubernetes';
}
