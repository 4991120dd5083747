import type { Dispatcher } from '#main/rpc/dispatcher.ts';

/** The dispatcher, telling of each answer of one operation: the window follows what its page has set. */
export function observed(dispatcher: Dispatcher, name: string, tell: (output: unknown) => void): Dispatcher {
  return {
    async call(operation, input, signal) {
      const output = await dispatcher.call(operation, input, signal);
      if (operation === name) tell(output);
      return output;
    },
    open: (operation, input, signal) => dispatcher.open(operation, input, signal),
  };
}
