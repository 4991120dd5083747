import { backOff } from '#renderer/lib/client/back-off.ts';
import { resumed } from '#renderer/lib/client/resumed.ts';
import type { Client, FrameOf } from '#shared/contract/index.ts';
import { errorData, hasCode, type ErrorData } from '#shared/errors/define.ts';

export type ActiveRun = FrameOf<'runs.active'>['runs'][number];

/** The runs that somebody drives now, whoever started them. */
export class ActiveRuns {
  runs: readonly ActiveRun[] = $state.raw([]);
  error: ErrorData | undefined = $state.raw();
  #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /** Answers how to stop. */
  follow(): () => void {
    const own = new AbortController();
    void this.#watch(own.signal);
    return () => own.abort();
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const frames = resumed({
      open: () => this.#client.open('runs.active', {}, { signal }),
      position: () => 0,
      wait: backOff(signal),
      connection: () => {}, // the stream of questions tells it
    });
    try {
      for await (const { runs } of frames) {
        if (signal.aborted) return;
        this.runs = runs;
      }
    } catch (thrown) {
      if (!signal.aborted && !hasCode(thrown, 'rpc.cancelled')) this.error = errorData(thrown);
    }
  }
}
