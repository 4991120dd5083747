import { orAborted } from './client/or-aborted.ts';

/** Asks for each key once, whoever wants to know, and again when that failed. */
export class Once<T> {
  readonly #known = new Map<string, Promise<T>>();
  readonly #lifetime: AbortSignal;

  /** @param lifetime For the questions: the one who asks first may give up, and others still wait. */
  constructor(lifetime: AbortSignal) {
    this.#lifetime = lifetime;
  }

  get(key: string, ask: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
    let answer = this.#known.get(key);
    if (!answer) {
      const asked = ask(this.#lifetime);
      this.#known.set(key, asked);
      asked.catch(() => {
        if (this.#known.get(key) === asked) this.#known.delete(key);
      });
      answer = asked;
    }
    return orAborted(answer, signal);
  }

  /** The answer is known without a question. */
  set(key: string, value: T): void {
    this.#known.set(key, Promise.resolve(value));
  }

  forget(): void {
    this.#known.clear();
  }
}
