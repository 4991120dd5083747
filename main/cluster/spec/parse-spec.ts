import * as v from 'valibot';
import { LineCounter, parseDocument } from 'yaml';
import type { ErrorData, SlipwayError } from '#shared/errors/define.ts';
import { withProblems } from '#shared/errors/problems.ts';
import { specErrors } from '#shared/errors/spec.ts';
import { ClusterSpec } from '#shared/spec/cluster.ts';
import { didYouMean } from './did-you-mean.ts';
import { keysAt } from './schema-keys.ts';

/**
 * Reads a cluster spec from YAML or JSON text, or from an object, and fills in every default.
 * @throws `spec.unreadable` with line and column; `spec.invalid` with one error per problem in its chain.
 */
export function parseSpec(source: string | object): ClusterSpec {
  const document = typeof source === 'string' ? readText(source) : source;
  const result = v.safeParse(ClusterSpec, document);
  if (result.success) return result.output;
  throw invalidSpec(problemsOf(result.issues));
}

/** `spec.invalid` with all problems at once. */
export function invalidSpec(problems: readonly ErrorData[]): SlipwayError {
  const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`;
  return withProblems(specErrors.invalid({ problems: count }), problems);
}

/** The path as the person would write it: `spec.machines[1].roles`. */
export function fieldPath(path: readonly (string | number)[]): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : /^[\w-]+$/.test(part) ? `.${part}` : `["${part}"]`))
    .join('')
    .replace(/^\./, '');
}

function readText(text: string): unknown {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, prettyErrors: false });
  const [error] = document.errors;
  if (error) {
    const { line, col } = lines.linePos(error.pos[0]);
    // Only the first line: the parser may quote the text around the place, and that may hold a secret by mistake.
    throw specErrors.unreadable({ line, column: col, reason: error.message.split('\n')[0] ?? error.code });
  }
  return document.toJS();
}

type Issue = v.InferIssue<typeof ClusterSpec>;

function problemsOf(issues: readonly Issue[]): readonly ErrorData[] {
  return issues.map((issue) => problemOf(issue).data);
}

function problemOf(issue: Issue): SlipwayError {
  const path = (issue.path ?? []).map(({ key }) => (typeof key === 'number' ? key : String(key)));
  const field = fieldPath(path) || 'the document';
  const target = { target: field };
  const last = issue.path?.at(-1);
  if (last?.origin === 'key' && issue.expected === 'never') {
    const meant = didYouMean(String(last.key), keysAt(ClusterSpec, path.slice(0, -1)));
    const value = shown(meant ? [...path, meant] : path, last.value);
    return specErrors.unknown_key({ field, value, remedy: remedyFor(path, meant) }, target);
  }
  if (last?.origin === 'key' || issue.received === 'undefined') {
    return specErrors.missing_key({ field, remedy: `Add ${field}: ${expectation(issue)}.` }, target);
  }
  return specErrors.wrong_value({ field, value: shown(path, issue.input), expected: expectation(issue) }, target);
}

function remedyFor(path: readonly (string | number)[], meant: string | undefined): string {
  const known = keysAt(ClusterSpec, path.slice(0, -1));
  if (meant) return `Did you mean "${meant}"?`;
  return known.length > 0 ? `Known keys there: ${known.join(', ')}.` : 'Remove it.';
}

function expectation(issue: Issue): string {
  // Our own messages in the schema begin with "must"; valibot's begin with "Invalid".
  if (issue.message.startsWith('must')) return issue.message;
  if (issue.path?.at(-1)?.origin === 'key') return 'it must be given';
  switch (issue.type) {
    case 'picklist':
    case 'literal':
    case 'variant':
      return `must be ${issue.expected.replaceAll(/[()]/g, '').replaceAll(' | ', ' or ')}`;
    case 'integer':
      return 'must be a whole number';
    case 'min_value':
      return `must be at least ${String(issue.requirement)}`;
    case 'max_value':
      return `must be at most ${String(issue.requirement)}`;
    case 'strict_object':
    case 'record':
      return 'must be a mapping';
    case 'array':
      return 'must be a list';
    case 'boolean':
      return 'must be true or false';
    case 'string':
      return 'must be text (put it in quotes)';
    case 'number':
      return 'must be a number (without quotes)';
    default:
      return issue.expected ? `must be ${issue.expected}` : 'must have another form';
  }
}

const secretKeys = /^auth$|pass|secret|token|private|certificate|credential|webhook|^configuration$|^yaml$/i;

/** Somebody who writes a password where a reference belongs must not find it in an error, a log or a bug report. */
function shown(path: readonly (string | number)[], value: unknown): string {
  const secret = path.some((part) => typeof part === 'string' && secretKeys.test(part)) || hasSecretKey(value);
  if (secret) return '(not shown)';
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

function hasSecretKey(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, inner]) => secretKeys.test(key) || hasSecretKey(inner));
}
