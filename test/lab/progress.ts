/** What a person waiting for the lab sees, and what was measured. */
export interface Progress {
  /** Runs a piece of work that is worth a line, and says how long it took. */
  step<T>(title: string, work: (detail: (text: string) => void) => Promise<T>): Promise<T>;
  note(text: string): void;
}

export const silent: Progress = { step: (_title, work) => work(() => {}), note: () => {} };

export interface Timing {
  readonly title: string;
  readonly seconds: number;
}

/** Writes to standard error, so that `--json` on standard output stays clean; says something at least every 10 s. */
export class ConsoleProgress implements Progress {
  readonly timings: Timing[] = [];
  readonly #startedAt = performance.now();

  note(text: string): void {
    process.stderr.write(`[${seconds(this.#startedAt).toFixed(1).padStart(6)} s] ${text}\n`);
  }

  async step<T>(title: string, work: (detail: (text: string) => void) => Promise<T>): Promise<T> {
    const startedAt = performance.now();
    let detail = '';
    this.note(`${title} …`);
    const heartbeat = setInterval(
      () => this.note(`${title} … ${seconds(startedAt).toFixed(0)} s${detail && `, ${detail}`}`),
      10_000,
    );
    try {
      const result = await work((text) => (detail = text));
      this.timings.push({ title, seconds: seconds(startedAt) });
      this.note(`${title}: ${seconds(startedAt).toFixed(1)} s`);
      return result;
    } finally {
      clearInterval(heartbeat);
    }
  }
}

function seconds(since: number): number {
  return (performance.now() - since) / 1000;
}
