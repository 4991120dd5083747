import { stringify } from 'yaml';
import * as v from 'valibot';
import { readDocument, readText } from '#main/cluster/spec/read-document.ts';
import type { NewProfile } from '#main/store/saved/profiles.ts';
import { type ErrorData, hasCode } from '#shared/errors/define.ts';
import { problemCount, withProblems } from '#shared/errors/problems.ts';
import { profileErrors } from '#shared/errors/profile.ts';
import { specErrors } from '#shared/errors/spec.ts';
import { ClusterSpec } from '#shared/spec/cluster.ts';

type Fields = Readonly<Record<string, unknown>>;

const apiVersion = 'slipway.dev/v1';

/**
 * What is kept of a cluster spec as a profile: without the cluster's name and its given machines, which are of one
 * cluster only. It may lack what a run needs; what it has must be right.
 * @throws `spec.unreadable`; `profile.invalid` with every problem in its chain.
 */
export function profileOf(name: string, text: string): Omit<NewProfile, 'description'> {
  return fromCluster(name, readText(text, specErrors));
}

/** A profile as a file of its own. */
export function profileFile({ name, description, text }: Pick<NewProfile, 'name' | 'description' | 'text'>): string {
  const { spec } = fieldsOf(readText(text, specErrors));
  return stringify({ apiVersion, kind: 'Profile', metadata: { name, description }, spec });
}

/** From such a file. @throws as `profileOf` */
export function readProfileFile(text: string): NewProfile {
  const given = readText(text, specErrors);
  checkMappings(given);
  const { metadata, spec } = checked(ProfileFile, fieldsOf(given));
  const cluster = { apiVersion, kind: 'Cluster', metadata: { name: metadata.name }, spec };
  return { ...fromCluster(metadata.name, cluster), description: metadata.description };
}

const ProfileFile = v.strictObject({
  apiVersion: v.literal(apiVersion),
  kind: v.literal('Profile'),
  metadata: v.strictObject({
    name: v.string(),
    description: v.optional(v.pipe(v.string(), v.maxLength(1000, 'must be at most 1000 characters')), ''),
  }),
  spec: v.unknown(),
});

function fromCluster(name: string, given: unknown): Omit<NewProfile, 'description'> {
  checkMappings(given);
  const { machines: _ofOneCluster, ...spec } = fieldsOf(fieldsOf(given)['spec']);
  const metadata = { ...fieldsOf(fieldsOf(given)['metadata']), name };
  const document = { apiVersion, kind: 'Cluster', ...fieldsOf(given), metadata, spec };
  checkUnfinished(document);
  return { name, text: stringify(document), ...wishesOf(document) };
}

/** A schema takes a list for a mapping whose keys may all be left out. */
function checkMappings(given: unknown): void {
  const { metadata, spec } = fieldsOf(given);
  const parts = Object.entries({ 'the document': given, metadata: metadata ?? {}, spec: spec ?? {} });
  const problems = parts.flatMap(([field, value]) => {
    if (isFields(value)) return [];
    const what = { field, value: Array.isArray(value) ? 'a list' : 'one value', expected: 'must be a mapping' };
    return [specErrors.wrong_value(what, { target: field }).data];
  });
  if (problems.length > 0) throw invalid(problems);
}

/** A problem of something that is not there yet is none. */
function checkUnfinished(document: Fields): void {
  try {
    checked(ClusterSpec, document);
  } catch (thrown) {
    if (!hasCode(thrown, 'profile.invalid')) throw thrown;
    const problems = thrown.data.chain.filter(({ code }) => code !== 'spec.missing_key');
    if (problems.length > 0) throw invalid(problems);
  }
}

function checked<T>(schema: v.GenericSchema<unknown, T>, document: Fields): T {
  try {
    return readDocument(schema, document, specErrors);
  } catch (thrown) {
    if (!hasCode(thrown, 'spec.invalid')) throw thrown;
    throw invalid(thrown.data.chain);
  }
}

function invalid(problems: readonly ErrorData[]) {
  return withProblems(profileErrors.invalid({ problems: problemCount(problems) }), problems);
}

const Wishes = v.object({
  spec: v.object({
    release: v.optional(v.string()),
    pools: v.optional(v.array(v.object({ count: v.optional(v.number(), 0) })), []),
  }),
});

function wishesOf(document: Fields): Pick<NewProfile, 'release' | 'machines'> {
  const { spec } = v.parse(Wishes, document);
  return { release: spec.release, machines: spec.pools.reduce((sum, { count }) => sum + count, 0) };
}

function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
