import { backOff } from '#renderer/lib/client/back-off.ts';
import { resumed } from '#renderer/lib/client/resumed.ts';
import type { LogLine } from '#renderer/lib/client/answers.ts';
import type { Client } from '#shared/contract/index.ts';
import { errorData, hasCode, type ErrorData } from '#shared/errors/define.ts';

/** The log of a run or of one of its steps, from its beginning and on as it is written. */
export class RunLog {
  lines: readonly LogLine[] = $state.raw([]);
  /** All that there is so far was read, or the run has ended. */
  connection: 'connecting' | 'live' | 'lost' | 'ended' = $state('connecting');
  error: ErrorData | undefined = $state.raw();
  #client: Client;
  #runId: string;
  #step: string | undefined;

  /** @param step the whole run's log when left out */
  constructor(client: Client, runId: string, step: string | undefined) {
    this.#client = client;
    this.#runId = runId;
    this.#step = step;
  }

  follow(): () => void {
    const own = new AbortController();
    void this.#read(own.signal);
    return () => own.abort();
  }

  text(): string {
    return this.lines.map(({ line }) => `${line}\n`).join('');
  }

  /** Indexes into `lines`. @param words any case; '' finds nothing */
  find(words: string): readonly number[] {
    const wanted = words.toLowerCase();
    if (wanted === '') return [];
    return this.lines.flatMap(({ line }, at) => (line.toLowerCase().includes(wanted) ? [at] : []));
  }

  async #read(signal: AbortSignal): Promise<void> {
    const which = { runId: this.#runId, ...(this.#step === undefined ? {} : { step: this.#step }) };
    const frames = resumed({
      open: (after) => this.#client.open('runs.log', { ...which, after }, { signal }),
      position: (frame) => frame.next,
      wait: backOff(signal),
      connection: (connection) => (this.connection = connection),
    });
    try {
      for await (const frame of frames) {
        if (signal.aborted) return;
        this.lines = [...this.lines, ...frame.lines];
      }
      this.connection = 'ended';
    } catch (thrown) {
      if (!signal.aborted && !hasCode(thrown, 'rpc.cancelled')) this.error = errorData(thrown);
    }
  }
}
