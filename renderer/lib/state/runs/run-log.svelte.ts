import { backOff } from '#renderer/lib/client/back-off.ts';
import { resumed } from '#renderer/lib/client/resumed.ts';
import type { LogLine } from '#renderer/lib/client/answers.ts';
import type { Client } from '#shared/contract/index.ts';
import { errorData, hasCode, type ErrorData } from '#shared/errors/define.ts';

/** A log of 100 000 lines comes in two hundred pieces: shown together, the page lays itself out ten times a second at most. */
const showEveryMs = 100;

/** The log of a run or of one of its steps, from its beginning and on as it is written. */
export class RunLog {
  lines: readonly LogLine[] = $state.raw([]);
  /** All that there is so far was read, or the run has ended. */
  connection: 'connecting' | 'live' | 'lost' | 'ended' = $state('connecting');
  error: ErrorData | undefined = $state.raw();
  #client: Client;
  #runId: string;
  #step: string | undefined;
  /** Not shown yet. */
  #arrived: LogLine[] = [];
  #showing: ReturnType<typeof setTimeout> | undefined;

  /** @param step the whole run's log when left out */
  constructor(client: Client, runId: string, step: string | undefined) {
    this.#client = client;
    this.#runId = runId;
    this.#step = step;
  }

  follow(): () => void {
    const own = new AbortController();
    void this.#read(own.signal);
    return () => {
      own.abort();
      clearTimeout(this.#showing);
    };
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
        this.#take(frame.lines);
      }
      this.#show();
      this.connection = 'ended';
    } catch (thrown) {
      if (!signal.aborted && !hasCode(thrown, 'rpc.cancelled')) this.error = errorData(thrown);
    }
  }

  /** The first lines at once, more of them in a while. */
  #take(lines: readonly LogLine[]): void {
    for (const line of lines) this.#arrived.push(line);
    if (this.lines.length === 0) this.#show();
    else this.#showing ??= setTimeout(() => this.#show(), showEveryMs);
  }

  #show(): void {
    clearTimeout(this.#showing);
    this.#showing = undefined;
    if (this.#arrived.length > 0) this.lines = this.lines.concat(this.#arrived);
    this.#arrived = [];
  }
}
