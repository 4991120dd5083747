/**
 * When the engine may try again.
 * - `never`: validation, authentication, capacity: a second try cannot help, or makes it worse (a ban).
 * - `backoff`: network, busy, not ready.
 * - `while-booting`: only while the machine's first boot may still be going on (a fresh clone refuses even the right
 *   key until cloud-init wrote it).
 */
export type RetryRule = 'never' | 'backoff' | 'while-booting';

export type ErrorParam = string | number;

/** An error as data: what happened, on which object, why, and what to do next. This is what is journaled and sent. */
export interface ErrorData {
  /** `area.snake_case`, the only thing that code branches on. */
  readonly code: string;
  /** One sentence: what happened and on which object. */
  readonly cause: string;
  /** What the person can do next. */
  readonly hint: string;
  readonly params: Readonly<Record<string, ErrorParam>>;
  /** The object's name as the person knows it (machine, VM, field path), when it is not in the cause already. */
  readonly target?: string;
  readonly retry: RetryRule;
  /** Causes, outermost first. */
  readonly chain: readonly ErrorData[];
  /** Last lines of the output that explains it (container log, command output), oldest first. */
  readonly lastLines?: readonly string[];
}

export class SlipwayError extends Error {
  readonly data: ErrorData;

  constructor(data: ErrorData, options?: { cause?: unknown }) {
    super(data.cause, options);
    this.name = 'SlipwayError';
    this.data = data;
  }

  get code(): string {
    return this.data.code;
  }
}

interface ErrorRow {
  readonly params: readonly string[];
  /** `{name}` is replaced by the parameter. */
  readonly cause: string;
  readonly hint: string;
  readonly retry: RetryRule;
}

export interface ErrorContext {
  readonly target?: string;
  /** What was thrown below us: becomes part of the chain. */
  readonly cause?: unknown;
  readonly lastLines?: readonly string[];
}

export type ErrorFactories<T extends Record<string, ErrorRow>> = {
  readonly [K in keyof T]: (
    params: Readonly<Record<T[K]['params'][number], ErrorParam>>,
    context?: ErrorContext,
  ) => SlipwayError;
};

/**
 * One table per area. The key is the wire code (`ssh.unreachable`), so one grep finds all uses.
 * @example throw sshErrors.unreachable({ address, port: 22, waitedMs: 15_000 }, { target: machine.name, cause: err });
 */
export function defineErrors<const T extends Record<string, ErrorRow>>(area: string, table: T): ErrorFactories<T> {
  const factories: Record<string, (params: Record<string, ErrorParam>, context?: ErrorContext) => SlipwayError> = {};
  for (const [key, row] of Object.entries(table)) {
    factories[key] = (params, context = {}) => {
      const data: ErrorData = {
        code: `${area}.${key}`,
        cause: fill(row.cause, params),
        hint: fill(row.hint, params),
        params,
        retry: row.retry,
        chain: context.cause === undefined ? [] : chainOf(context.cause),
        ...(context.target === undefined ? {} : { target: context.target }),
        ...(context.lastLines === undefined ? {} : { lastLines: context.lastLines }),
      };
      return new SlipwayError(data, { cause: context.cause });
    };
  }
  return factories as ErrorFactories<T>;
}

/** The one funnel for whatever was thrown: our errors as they are, everything else as `internal.unexpected`. */
export function errorData(thrown: unknown): ErrorData {
  if (thrown instanceof SlipwayError) return thrown.data;
  const cause = thrown instanceof Error ? thrown.message : String(thrown);
  return {
    code: 'internal.unexpected',
    cause: `Unexpected error: ${cause}`,
    hint: 'This is a fault in Slipway. Please report it with the run log.',
    params: {},
    retry: 'never',
    chain: thrown instanceof Error && thrown.cause !== undefined ? chainOf(thrown.cause) : [],
    ...(thrown instanceof Error && thrown.stack ? { lastLines: thrown.stack.split('\n').slice(1, 6) } : {}),
  };
}

export function hasCode(thrown: unknown, code: string): thrown is SlipwayError {
  return thrown instanceof SlipwayError && thrown.code === code;
}

function chainOf(thrown: unknown): readonly ErrorData[] {
  const data = errorData(thrown);
  const { chain, ...self } = data;
  return [{ ...self, chain: [] }, ...chain];
}

function fill(template: string, params: Readonly<Record<string, ErrorParam>>): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = params[name];
    return value === undefined ? whole : String(value);
  });
}
