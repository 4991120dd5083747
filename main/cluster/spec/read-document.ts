import * as v from 'valibot';
import { LineCounter, parseDocument } from 'yaml';
import type { SlipwayError } from '#shared/errors/define.ts';
import { problemCount, withProblems } from '#shared/errors/problems.ts';
import type { specErrors } from '#shared/errors/spec.ts';
import { didYouMean } from './did-you-mean.ts';
import { keysAt } from './schema-keys.ts';

/** What can be wrong with a document of ours, in the words of its kind. */
export type DocumentErrors = Pick<
  typeof specErrors,
  'invalid' | 'unreadable' | 'unknown_key' | 'missing_key' | 'wrong_value'
>;

/**
 * Reads a document of ours (cluster spec, node template) from YAML or JSON text, or from an object, and fills in every
 * default.
 * @throws `….unreadable` with line and column; `….invalid` with one error per problem in its chain.
 */
export function readDocument<T>(
  schema: v.GenericSchema<unknown, T>,
  source: string | object,
  errors: DocumentErrors,
): T {
  const document = typeof source === 'string' ? readText(source, errors) : source;
  const result = v.safeParse(schema, document);
  if (result.success) return result.output;
  const problems = result.issues.map((issue) => problemOf(issue, schema, errors).data);
  throw withProblems(errors.invalid({ problems: problemCount(problems) }), problems);
}

/** The path as the person would write it: `spec.machines[1].roles`. */
export function fieldPath(path: readonly (string | number)[]): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : /^[\w-]+$/.test(part) ? `.${part}` : `["${part}"]`))
    .join('')
    .replace(/^\./, '');
}

/**
 * The plain value that YAML or JSON text stands for.
 * @throws `….unreadable` with line and column
 */
export function readText(text: string, errors: Pick<DocumentErrors, 'unreadable'>): unknown {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, prettyErrors: false });
  const [error] = document.errors;
  if (error) {
    const { line, col } = lines.linePos(error.pos[0]);
    // Only the first line: the parser may quote the text around the place, and that may hold a secret by mistake.
    throw errors.unreadable({ line, column: col, reason: error.message.split('\n')[0] ?? error.code });
  }
  try {
    return document.toJS();
  } catch (cause) {
    // A few aliases of aliases can stand for more than any memory holds: the parser counts them, and an unknown one.
    if (!(cause instanceof ReferenceError)) throw cause;
    throw errors.unreadable({ line: 1, column: 1, reason: cause.message });
  }
}

type Issue = v.BaseIssue<unknown>;

function problemOf(issue: Issue, schema: object, errors: DocumentErrors): SlipwayError {
  const path = (issue.path ?? []).map(({ key }) => (typeof key === 'number' ? key : String(key)));
  const field = fieldPath(path) || 'the document';
  const target = { target: field };
  const last = issue.path?.at(-1);
  if (last?.origin === 'key' && issue.expected === 'never') {
    const meant = didYouMean(String(last.key), keysAt(schema, path.slice(0, -1)));
    const value = shown(meant ? [...path, meant] : path, last.value);
    return errors.unknown_key({ field, value, remedy: remedyFor(schema, path, meant) }, target);
  }
  if (last?.origin === 'key' || issue.received === 'undefined') {
    return errors.missing_key({ field, remedy: `Add ${field}: ${expectation(issue)}.` }, target);
  }
  return errors.wrong_value({ field, value: shown(path, issue.input), expected: expectation(issue) }, target);
}

function remedyFor(schema: object, path: readonly (string | number)[], meant: string | undefined): string {
  const known = keysAt(schema, path.slice(0, -1));
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
      return `must be ${(issue.expected ?? 'another').replaceAll(/[()]/g, '').replaceAll(' | ', ' or ')}`;
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

const secretKeys =
  /^auth$|pass|secret|token|private|certificate|credential|webhook|^configuration$|^yaml$|^cloudInit$|^extraConfig$/i;

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
