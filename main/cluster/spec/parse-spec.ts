import type { ErrorData, SlipwayError } from '#shared/errors/define.ts';
import { problemCount, withProblems } from '#shared/errors/problems.ts';
import { specErrors } from '#shared/errors/spec.ts';
import { ClusterSpec } from '#shared/spec/cluster.ts';
import { readDocument } from './read-document.ts';

/**
 * Reads a cluster spec from YAML or JSON text, or from an object, and fills in every default.
 * @throws `spec.unreadable` with line and column; `spec.invalid` with one error per problem in its chain.
 */
export function parseSpec(source: string | object): ClusterSpec {
  return readDocument(ClusterSpec, source, specErrors);
}

/** `spec.invalid` with all problems at once. */
export function invalidSpec(problems: readonly ErrorData[]): SlipwayError {
  return withProblems(specErrors.invalid({ problems: problemCount(problems) }), problems);
}
