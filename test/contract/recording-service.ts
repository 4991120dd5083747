import { operationNames, contract, type OperationName, type Service } from '#shared/contract/index.ts';

export interface Call {
  readonly operation: OperationName;
  readonly input: unknown;
}

/** Every operation of the contract writes down that it was reached. Those that are not given answer nothing at all. */
export function recordingService(given: Partial<Service> = {}): { readonly service: Service; readonly calls: Call[] } {
  const calls: Call[] = [];
  const handlers = operationNames.map((operation) => {
    const own = given[operation] as ((input: unknown, signal: AbortSignal) => unknown) | undefined;
    const handler = (input: unknown, signal: AbortSignal): unknown => {
      calls.push({ operation, input });
      if (own) return own(input, signal);
      return contract[operation].kind === 'request' ? Promise.resolve({}) : nothing();
    };
    return [operation, handler] as const;
  });
  return { service: Object.fromEntries(handlers) as unknown as Service, calls };
}

async function* nothing(): AsyncGenerator<never, void> {
  // ends at once
}
