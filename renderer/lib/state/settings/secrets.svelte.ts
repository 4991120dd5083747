import type { Client, SecretSummary } from '#shared/contract/index.ts';
import { Answer } from '#renderer/lib/state/app/answer.svelte.ts';

/** Values that specs name: their names can be seen, they themselves never again. */
export class Secrets {
  readonly list = new Answer<readonly SecretSummary[]>();
  /** The name that was kept last. */
  readonly kept = new Answer<string>();
  readonly removed = new Answer<true>();
  #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  load(): Promise<unknown> {
    return this.list.ask((signal) => this.#client.call('secrets.list', {}, { signal }));
  }

  /** Answers whether it is sealed now. */
  async put(name: string, value: string, replace: boolean): Promise<boolean> {
    const kept = await this.kept.ask(async () => {
      await this.#client.call('secrets.put', { name, value, replace });
      return name;
    });
    if (kept === undefined) return false;
    await this.load();
    return true;
  }

  async remove(name: string): Promise<boolean> {
    const gone = await this.removed.ask(async () => {
      await this.#client.call('secrets.remove', { name });
      return true;
    });
    if (!gone) return false;
    await this.load();
    return true;
  }
}
