import type { ClusterSummary, DraftSummary } from '#renderer/lib/client/answers.ts';
import type { Client } from '#shared/contract/index.ts';
import { Answer } from '#renderer/lib/state/app/answer.svelte.ts';
import { everyWhileVisible } from '#renderer/lib/state/app/every.ts';

const everyMs = 4_000;

/** All clusters of the inventory, by name, and what was begun in the wizard, newest first. */
export class Clusters {
  readonly list = new Answer<readonly ClusterSummary[]>();
  readonly drafts = new Answer<readonly DraftSummary[]>();
  readonly draftRemoved = new Answer<unknown>();
  #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /** Keeps both lists new while somebody looks. Answers how to stop. */
  follow(): () => void {
    const stop = everyWhileVisible(everyMs, () => {
      if (!this.list.busy) void this.list.ask((signal) => this.#client.call('clusters.list', {}, { signal }));
      if (!this.drafts.busy) void this.#lookAtDrafts();
    });
    return () => {
      stop();
      for (const answer of [this.list, this.drafts]) answer.cancel();
    };
  }

  async removeDraft(id: string): Promise<void> {
    await this.draftRemoved.ask(() => this.#client.call('drafts.remove', { id }));
    await this.#lookAtDrafts();
  }

  async #lookAtDrafts(): Promise<void> {
    await this.drafts.ask((signal) => this.#client.call('drafts.list', {}, { signal }));
  }
}
