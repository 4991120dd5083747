import { backOff } from '#renderer/lib/client/back-off.ts';
import { resumed } from '#renderer/lib/client/resumed.ts';
import type { Question } from '#renderer/lib/client/answers.ts';
import type { Client } from '#shared/contract/index.ts';
import { errorData, hasCode, type ErrorData } from '#shared/errors/define.ts';
import { Answer } from './answer.svelte.ts';

/** What runs and plans wait for until a person answers. */
export class Questions {
  open: readonly Question[] = $state.raw([]);
  /** Of the host: this stream is always open, so it knows first. */
  connection: 'connecting' | 'live' | 'lost' = $state('connecting');
  error: ErrorData | undefined = $state.raw();
  readonly answered = new Answer<unknown>();
  #postponed: ReadonlySet<string> = $state.raw(new Set());
  #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /** The one to ask now. */
  readonly next = $derived(this.open.find(({ questionId }) => !this.#postponed.has(questionId)));
  /** Those the person wanted to look at later. */
  readonly postponed = $derived(this.open.filter(({ questionId }) => this.#postponed.has(questionId)));

  follow(): () => void {
    const own = new AbortController();
    void this.#watch(own.signal);
    return () => own.abort();
  }

  async answer(question: Question, approved: boolean): Promise<void> {
    const { questionId } = question;
    await this.answered.ask(() => this.#client.call('runs.answer', { questionId, approved }));
    // Somebody else was faster, or it was asked by a run that has ended: either way it is no question any more.
    if (this.answered.error?.code === 'run.question_unknown') this.answered.clear();
    if (!this.answered.error) this.open = this.open.filter((other) => other.questionId !== questionId);
  }

  postpone(question: Question): void {
    this.#postponed = new Set([...this.#postponed, question.questionId]);
  }

  askPostponed(): void {
    this.#postponed = new Set();
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const frames = resumed({
      open: () => this.#client.open('runs.questions', {}, { signal }),
      position: () => 0,
      wait: backOff(signal),
      connection: (connection) => (this.connection = connection),
    });
    try {
      for await (const { questions } of frames) {
        if (signal.aborted) return;
        this.open = questions;
      }
    } catch (thrown) {
      if (!signal.aborted && !hasCode(thrown, 'rpc.cancelled')) this.error = errorData(thrown);
    }
  }
}
