import { randomUUID } from 'node:crypto';
import { type ErrorData, errorData, SlipwayError } from '#shared/errors/define.ts';
import { rpcErrors } from '#shared/errors/rpc.ts';

export interface Fault {
  readonly correlationId: string;
  readonly operation: string;
  readonly thrown: unknown;
}

export interface Failure {
  readonly error: ErrorData;
  readonly correlationId: string;
}

const internalAreas = /^internal\.|^rpc\.bad_output$/;

/**
 * What a client is told. Our own errors as they are; of everything else only that it happened, with the id under which
 * the host's log has all of it: its text was written for us, and could name anything.
 * @param onFault told of what is our own fault.
 */
export function failureOf(
  thrown: unknown,
  { operation, signal }: { readonly operation: string; readonly signal: AbortSignal },
  onFault: (fault: Fault) => void,
): Failure {
  const correlationId = randomUUID();
  if (signal.aborted) return { error: rpcErrors.cancelled({ operation: shownName(operation) }).data, correlationId };
  const known = thrown instanceof SlipwayError;
  if (!known || internalAreas.test(thrown.code)) onFault({ correlationId, operation, thrown });
  return { error: withoutInternals(errorData(thrown), correlationId), correlationId };
}

function withoutInternals(error: ErrorData, correlationId: string): ErrorData {
  const chain = error.chain.map((cause) => withoutInternals(cause, correlationId));
  if (!error.code.startsWith('internal.')) return { ...error, chain };
  const { lastLines: _stack, ...rest } = error;
  const cause = 'Something went wrong inside Slipway.';
  const hint = `This is a fault in Slipway. Please report it with what the host has logged under ${correlationId}.`;
  return { ...rest, cause, hint, chain };
}

const shownName = (operation: string): string => operation.slice(0, 80);
