import type { PlannedRun, StartedRun } from '#renderer/lib/client/answers.ts';
import type { Client, OutputOf } from '#shared/contract/index.ts';
import { Answer } from '#renderer/lib/state/app/answer.svelte.ts';

const typingMs = 350;

/** A spec on its way to a cluster. Lives as long as the window, so that a look at another page loses nothing. */
export class NewCluster {
  text = $state('');
  readonly checked = new Answer<OutputOf<'specs.check'>>();
  readonly planned = new Answer<PlannedRun>();
  readonly started = new Answer<StartedRun>();
  #checkedText: string | undefined = $state();
  #plannedText: string | undefined = $state();
  #client: Client;
  #typing: ReturnType<typeof setTimeout> | undefined;

  constructor(client: Client) {
    this.#client = client;
  }

  readonly problems = $derived(this.checked.value?.problems ?? []);
  /** The problems shown are those of the text shown. */
  readonly isChecked = $derived(this.checked.value !== undefined && this.#checkedText === this.text);
  readonly isGood = $derived(this.isChecked && this.problems.length === 0);
  /** The plan of exactly this text. */
  readonly plan = $derived(this.#plannedText === this.text ? this.planned.value : undefined);

  write(text: string): void {
    this.text = text;
    clearTimeout(this.#typing);
    if (text.trim() === '') {
      this.checked.clear();
      return;
    }
    this.#typing = setTimeout(() => void this.check(), typingMs);
  }

  async check(): Promise<void> {
    const { text } = this;
    const answer = await this.checked.ask((signal) => this.#client.call('specs.check', { text }, { signal }));
    if (answer) this.#checkedText = text;
  }

  /** Looks at everything that the spec names; takes seconds to minutes, and `planned.cancel()` ends it. */
  async makePlan(): Promise<void> {
    const { text } = this;
    this.planned.value = undefined;
    const answer = await this.planned.ask((signal) => this.#client.call('runs.plan', { text }, { signal }));
    if (answer) this.#plannedText = text;
  }

  async create(): Promise<StartedRun | undefined> {
    const { text } = this;
    const started = await this.started.ask(() => this.#client.call('runs.start', { text }));
    if (!started) return undefined;
    this.text = '';
    for (const answer of [this.checked, this.planned, this.started]) answer.clear();
    return started;
  }
}
