import type { Client } from '#shared/contract/index.ts';
import { Answer } from '#renderer/lib/state/app/answer.svelte.ts';

/** A secret on its way into the vault. The page forgets it as soon as the vault has it. */
export class Sealing {
  value = $state('');
  readonly kept = new Answer<string>();
  #client: Client;
  /** The one that this field made: only that one may be replaced. */
  #own: string | undefined;

  constructor(client: Client) {
    this.#client = client;
  }

  /** Answers the reference for the spec. @param stem what the secret is called; others with that stem stay untouched */
  async seal(stem: string): Promise<string | undefined> {
    const { value } = this;
    if (value === '') return undefined;
    const replace = this.#own !== undefined;
    const name = this.#own ?? `${stem}-${crypto.randomUUID().slice(0, 6)}`;
    const reference = await this.kept.ask(async () => {
      await this.#client.call('secrets.put', { name, value, replace });
      return `vault:${name}`;
    });
    if (reference === undefined) return undefined;
    this.#own = name;
    this.value = '';
    return reference;
  }
}
