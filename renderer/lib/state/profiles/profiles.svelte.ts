import type { Client, ProfileSummary } from '#shared/contract/index.ts';
import { Answer } from '#renderer/lib/state/app/answer.svelte.ts';

/** The saved specs of the inventory, by name. */
export class Profiles {
  readonly list = new Answer<readonly ProfileSummary[]>();
  readonly imported = new Answer<ProfileSummary>();
  readonly removed = new Answer<true>();
  #client: Client;
  /** Refused because one of its name is there: kept until the person has said what to do. */
  #refused: string | undefined = $state.raw();

  constructor(client: Client) {
    this.#client = client;
  }

  load(): Promise<unknown> {
    return this.list.ask((signal) => this.#client.call('profiles.list', {}, { signal }));
  }

  /** A file was refused only because there is a profile of its name. */
  readonly mayReplace = $derived(this.#refused !== undefined && this.imported.error?.code === 'profile.exists');

  async importText(text: string, replace = false): Promise<ProfileSummary | undefined> {
    this.#refused = text;
    const made = await this.imported.ask(() => this.#client.call('profiles.import', { text, replace }));
    if (!made) return undefined;
    this.#refused = undefined;
    await this.load();
    return made;
  }

  importAgain(): Promise<ProfileSummary | undefined> {
    return this.#refused === undefined ? Promise.resolve(undefined) : this.importText(this.#refused, true);
  }

  async exportText(name: string): Promise<string> {
    return (await this.#client.call('profiles.export', { name })).text;
  }

  async remove(name: string): Promise<boolean> {
    const gone = await this.removed.ask(async () => {
      await this.#client.call('profiles.remove', { name });
      return true;
    });
    if (!gone) return false;
    await this.load();
    return true;
  }
}
