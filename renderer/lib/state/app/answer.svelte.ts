import { errorData, hasCode, type ErrorData } from '#shared/errors/define.ts';

/** What the last question was answered, and whether one is under way. An older answer stays until there is a newer. */
export class Answer<T> {
  value = $state.raw<T>();
  error = $state.raw<ErrorData>();
  busy = $state(false);
  /** Epoch ms; of the question under way. */
  askedAt = $state(0);
  #under: AbortController | undefined;

  /** Asks; a question still under way is cancelled. Answers what came, or `undefined` where it failed or was cancelled. */
  async ask(question: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
    this.#under?.abort();
    const own = new AbortController();
    this.#under = own;
    this.busy = true;
    this.askedAt = Date.now();
    try {
      const value = await question(own.signal);
      if (this.#under !== own) return undefined;
      this.value = value;
      this.error = undefined;
      return value;
    } catch (thrown) {
      if (this.#under === own && !hasCode(thrown, 'rpc.cancelled')) this.error = errorData(thrown);
      return undefined;
    } finally {
      if (this.#under === own) {
        this.#under = undefined;
        this.busy = false;
      }
    }
  }

  /** Cancels what is under way; what was answered stays. */
  cancel(): void {
    this.#under?.abort();
    this.#under = undefined;
    this.busy = false;
  }

  /** As new. */
  clear(): void {
    this.cancel();
    this.value = undefined;
    this.error = undefined;
  }
}
