import type { Client, InputOf, Settings as Values } from '#shared/contract/index.ts';
import { Answer } from '#renderer/lib/state/app/answer.svelte.ts';

/** What holds for the whole application. The host keeps it; every window asks for it when it opens. */
export class Settings {
  readonly kept = new Answer<Values>();
  readonly changed = new Answer<Values>();
  #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  load(): Promise<Values | undefined> {
    return this.kept.ask((signal) => this.#client.call('settings.get', {}, { signal }));
  }

  /** What is not named stays. Answers whether it was kept; `changed.error` says why not. */
  async change(changes: InputOf<'settings.update'>): Promise<boolean> {
    this.kept.cancel(); // an answer on its way is older than what is wanted now
    const whole = await this.changed.ask(() => this.#client.call('settings.update', changes));
    if (!whole) return false;
    this.kept.value = whole;
    return true;
  }
}
