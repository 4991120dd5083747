import type { Client, ProfileSummary } from '#shared/contract/index.ts';
import { Answer } from '#renderer/lib/state/app/answer.svelte.ts';

/** A profile as its text, new or changed. */
export class ProfileText {
  name = $state('');
  description = $state('');
  text = $state('');
  replace = $state(false);
  readonly loaded = new Answer<true>();
  readonly saved = new Answer<ProfileSummary>();
  readonly known: string | undefined;
  #client: Client;

  /** @param known the one that is changed; `undefined`: a new one */
  constructor(client: Client, known: string | undefined) {
    this.#client = client;
    this.known = known;
    if (known !== undefined) void this.#load(known);
  }

  readonly canSave = $derived(this.name.trim() !== '' && this.text.trim() !== '');

  save(): Promise<ProfileSummary | undefined> {
    const name = this.name.trim();
    const replace = this.replace || name === this.known;
    const { description, text } = this;
    return this.saved.ask(() => this.#client.call('profiles.save', { name, description, text, replace }));
  }

  async #load(name: string): Promise<void> {
    await this.loaded.ask(async (signal) => {
      const profile = await this.#client.call('profiles.get', { name }, { signal });
      this.name = profile.name;
      this.description = profile.description;
      this.text = profile.text;
      return true;
    });
  }
}
