import * as v from 'valibot';
import { ClusterSpec, type ClusterSpecInput } from '#shared/spec/cluster.ts';

/**
 * What the wizard edits: a cluster spec as a person writes it, without defaults. Its shape is always right; its values
 * may still be missing (`''`) or wrong. It is changed by pure functions only, so that each change can be kept as a draft.
 */
export type SpecDocument = ClusterSpecInput;
export type SpecBody = SpecDocument['spec'];

/** Where the machines come from. */
export type Place = 'vcenter' | 'ssh';

export function newDocument(name: string): SpecDocument {
  return { apiVersion: 'slipway.dev/v1', kind: 'Cluster', metadata: { name }, spec: { vsphere: { credential: '' } } };
}

/** Values may be wrong, names and types may not: an unknown key would be lost on the way through the forms. */
export function isSpecDocument(value: unknown): value is SpecDocument {
  return v.safeParse(ClusterSpec, value).typed;
}

/** With every default filled in: what the forms show. */
export function filledIn(document: SpecDocument): ClusterSpec {
  const read = v.safeParse(ClusterSpec, document);
  if (!read.typed) throw new TypeError('The forms have made something that is no spec.');
  return read.output;
}

export function withBody(document: SpecDocument, change: (body: SpecBody) => SpecBody): SpecDocument {
  return { ...document, spec: change(document.spec) };
}

export function withName(document: SpecDocument, name: string): SpecDocument {
  return { ...document, metadata: { ...document.metadata, name } };
}

export function placeOf({ spec }: SpecDocument): Place {
  return spec.vsphere === undefined ? 'ssh' : 'vcenter';
}

/** The first of `cluster-1`, `cluster-2` … that no cluster has. @param stem in place of `cluster` */
export function freeName(taken: readonly string[], stem = 'cluster'): string {
  for (let n = 1; ; n += 1) if (!taken.includes(`${stem}-${n}`)) return `${stem}-${n}`;
}
