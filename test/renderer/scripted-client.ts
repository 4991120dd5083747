import type {
  CallOptions,
  Client,
  FrameOf,
  InputOf,
  OutputOf,
  ParamsOf,
  RequestName,
  StreamName,
} from '#shared/contract/index.ts';
import { rpcErrors } from '#shared/errors/rpc.ts';

type Answers = { readonly [N in RequestName]?: (input: InputOf<N>) => Promise<OutputOf<N>> | OutputOf<N> };
type Streams = { readonly [N in StreamName]?: (params: ParamsOf<N>, signal: AbortSignal) => AsyncIterable<FrameOf<N>> };

export interface Asked {
  readonly operation: string;
  readonly input: unknown;
}

/** What every window asks for when it opens, where nothing has happened and nobody has chosen anything. */
const quiet: Answers & Streams = {
  'runs.questions': (_, signal) => openStream([{ questions: [] }], signal),
  'runs.active': (_, signal) => openStream([{ runs: [] }], signal),
  'host.capabilities': () => ({ app: 'web', nativeFileDialogs: false, notifications: false, openExternal: false }),
  'settings.get': () => ({
    theme: 'system',
    registries: [],
    proxy: null,
    checkForUpdates: false,
    whenRunsOnQuit: 'ask',
    healthDeadlineSeconds: 10,
  }),
};

/** A client that answers from a script, refuses what is not in it, and remembers what it was asked. */
export function scriptedClient(script: Answers & Streams): Client & { readonly asked: readonly Asked[] } {
  const asked: Asked[] = [];
  const find = (operation: string): ((input: unknown, signal: AbortSignal) => unknown) => {
    const found = Object.entries({ ...quiet, ...script }).find(([name]) => name === operation)?.[1];
    if (!found) throw rpcErrors.unknown_operation({ operation });
    return found as (input: unknown, signal: AbortSignal) => unknown;
  };
  const signalOf = ({ signal }: CallOptions): AbortSignal => signal ?? new AbortController().signal;
  return {
    asked,
    call: async (operation, input, options = {}) => {
      asked.push({ operation, input });
      return (await find(operation)(input, signalOf(options))) as never;
    },
    open: (operation, params, options = {}) => {
      asked.push({ operation, input: params });
      return find(operation)(params, signalOf(options)) as AsyncIterable<never>;
    },
  };
}

/** The frames, and then nothing until the reader goes. */
export async function* openStream<F>(frames: readonly F[], signal: AbortSignal): AsyncGenerator<F, void> {
  yield* frames;
  await new Promise((resolve) => signal.addEventListener('abort', resolve));
}

/** The frames, and then the end. */
export async function* endedStream<F>(frames: readonly F[]): AsyncGenerator<F, void> {
  yield* frames;
}
