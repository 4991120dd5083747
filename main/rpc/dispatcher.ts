import * as v from 'valibot';
import { contract, isOperationName, type Operation, type OperationName, type Service } from '#shared/contract/index.ts';
import { rpcErrors } from '#shared/errors/rpc.ts';
import { plainInputProblem } from './plain-input.ts';

export interface DispatcherOptions {
  readonly service: Service;
  /** What this host lets its clients do. Asked before the input is looked at. */
  readonly allows: (name: OperationName, operation: Operation) => boolean;
}

/** Validated and authorised calls of the contract by name. Whatever is not in order is refused before anything is done. */
export interface Dispatcher {
  /** @throws `rpc.unknown_operation`, `rpc.not_allowed`, `rpc.bad_input`, `rpc.bad_output`, what the operation throws. */
  call(operation: string, input: unknown, signal: AbortSignal): Promise<unknown>;
  /** The same for streams; nothing happens before the first frame is asked for. */
  open(operation: string, input: unknown, signal: AbortSignal): AsyncGenerator<unknown, void>;
}

export function createDispatcher({ service, allows }: DispatcherOptions): Dispatcher {
  /** The schemas below tie each handler to its own input. */
  const handlers: Readonly<Record<OperationName, (input: never, signal: AbortSignal) => unknown>> = service;

  function find<K extends Operation['kind']>(kind: K, name: string): [OperationName, Extract<Operation, { kind: K }>] {
    if (!isOperationName(name)) throw rpcErrors.unknown_operation({ operation: shown(name) });
    const operation: Operation = contract[name];
    if (!isKind(operation, kind)) throw rpcErrors.unknown_operation({ operation: `${name} as a ${kind}` });
    if (!allows(name, operation)) throw rpcErrors.not_allowed({ operation: name });
    return [name, operation];
  }

  return {
    async call(operation, input, signal) {
      const [name, found] = find('request', operation);
      const parsed = parseInput(name, found.input, input);
      signal.throwIfAborted();
      return parseOutput(name, found.output, await handlers[name](parsed as never, signal));
    },
    async *open(operation, input, signal) {
      const [name, found] = find('stream', operation);
      const parsed = parseInput(name, found.params, input);
      signal.throwIfAborted();
      const frames = handlers[name](parsed as never, signal) as AsyncIterable<unknown>;
      for await (const frame of frames) yield parseOutput(name, found.frame, frame);
    },
  };
}

function isKind<K extends Operation['kind']>(
  operation: Operation,
  kind: K,
): operation is Extract<Operation, { kind: K }> {
  return operation.kind === kind;
}

function parseInput(operation: string, schema: v.GenericSchema, input: unknown): unknown {
  const problem = plainInputProblem(input);
  if (problem !== undefined) throw rpcErrors.bad_input({ operation, path: 'it', problem });
  // To a schema without required fields a list is an object, too.
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw rpcErrors.bad_input({ operation, path: 'it', problem: 'must be an object' });
  }
  const parsed = v.safeParse(schema, input, { abortEarly: true });
  if (parsed.success) return parsed.output;
  throw rpcErrors.bad_input({ operation, ...described(parsed.issues[0]) });
}

function parseOutput(operation: string, schema: v.GenericSchema, output: unknown): unknown {
  const parsed = v.safeParse(schema, output, { abortEarly: true });
  if (parsed.success) return parsed.output;
  throw rpcErrors.bad_output({ operation, ...described(parsed.issues[0]) });
}

/** Never with what was received: that may be a password in the wrong place. */
function described(issue: v.BaseIssue<unknown>): { readonly path: string; readonly problem: string } {
  const path = shown(v.getDotPath(issue) ?? 'it');
  if (issue.expected === 'never') return { path, problem: 'is not known' };
  // valibot's own messages end with what was received; ours are complete sentences about the field.
  const own = !issue.message.startsWith('Invalid ');
  return { path, problem: own ? issue.message : `must be ${issue.expected ?? 'something else'}` };
}

const shown = (text: string): string => (text.length > 80 ? `${text.slice(0, 80)}…` : text);
