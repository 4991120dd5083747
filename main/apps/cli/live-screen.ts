import type { Output, World } from './world.ts';

const paintEveryMs = 100;
const hideCursor = '\u001b[?25l';
const showCursor = '\u001b[?25h';
const clearBelow = '\u001b[0J';

/**
 * A few lines at the bottom of the terminal that are painted over ten times a second, however often the state behind
 * them changes. Whoever opens it closes it: the cursor is hidden meanwhile.
 */
export class LiveScreen implements Disposable {
  readonly #output: Output;
  readonly #lines: () => readonly string[];
  readonly #stopTicking: () => void;
  #painted = 0;
  #paused = false;

  constructor(world: Pick<World, 'every'>, output: Output, lines: () => readonly string[]) {
    this.#output = output;
    this.#lines = lines;
    this.#stopTicking = world.every(paintEveryMs, () => {
      this.paint();
    });
    output.write(hideCursor);
    this.paint();
  }

  paint(): void {
    if (this.#paused) return;
    const lines = this.#lines();
    this.#output.write(`${this.#home()}${clearBelow}${lines.map((text) => `${text}\n`).join('')}`);
    this.#painted = lines.length;
  }

  /** Writes above the live lines, to stay. */
  say(text: string): void {
    this.#output.write(`${this.#home()}${clearBelow}${text}\n`);
    this.#painted = 0;
    this.paint();
  }

  /** Leaves the terminal to somebody else, such as a question, until it has been answered. */
  async aside<T>(act: () => Promise<T>): Promise<T> {
    this.#output.write(`${this.#home()}${clearBelow}${showCursor}`);
    this.#painted = 0;
    this.#paused = true;
    try {
      return await act();
    } finally {
      this.#paused = false;
      this.#output.write(hideCursor);
    }
  }

  /** Takes the live lines away: what is to stay is said after it, whole and without cuts. */
  [Symbol.dispose](): void {
    this.#stopTicking();
    this.#output.write(`${this.#home()}${clearBelow}${showCursor}`);
    this.#painted = 0;
  }

  #home(): string {
    return this.#painted === 0 ? '' : `\u001b[${String(this.#painted)}A\r`;
  }
}
