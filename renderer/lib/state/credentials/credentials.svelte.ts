import type { CheckedCredential, Client, CredentialSummary, OutputOf } from '#shared/contract/index.ts';
import { Answer } from '#renderer/lib/state/app/answer.svelte.ts';

/** All cloud credentials of the inventory, by name. */
export class Credentials {
  readonly list = new Answer<readonly CredentialSummary[]>();
  #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  load(): Promise<unknown> {
    return this.list.ask((signal) => this.#client.call('credentials.list', {}, { signal }));
  }
}

/** What can be done with one of them. */
export class OneCredential {
  readonly checked = new Answer<CheckedCredential>();
  readonly privileges = new Answer<OutputOf<'credentials.privileges'>>();
  readonly removed = new Answer<true>();
  #client: Client;
  #name: string;

  constructor(client: Client, name: string) {
    this.#client = client;
    this.#name = name;
  }

  /** The login first: without one nobody can say what the user may do. */
  async check(): Promise<void> {
    const name = this.#name;
    this.checked.clear();
    this.privileges.clear();
    const works = await this.checked.ask((signal) => this.#client.call('credentials.check', { name }, { signal }));
    if (works) await this.privileges.ask((signal) => this.#client.call('credentials.privileges', { name }, { signal }));
  }

  /** Answers whether it is gone. */
  async remove(): Promise<boolean> {
    const gone = await this.removed.ask(async () => {
      await this.#client.call('credentials.remove', { name: this.#name });
      return true;
    });
    return gone ?? false;
  }
}
