import type { ClusterSummary } from '#renderer/lib/client/answers.ts';
import type { Client } from '#shared/contract/index.ts';
import { Answer } from './answer.svelte.ts';
import { everyWhileVisible } from './every.ts';

const everyMs = 4_000;

/** All clusters of the inventory, by name. */
export class Clusters {
  readonly list = new Answer<readonly ClusterSummary[]>();
  #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /** Keeps the list new while somebody looks. Answers how to stop. */
  follow(): () => void {
    const stop = everyWhileVisible(everyMs, () => {
      if (!this.list.busy) void this.list.ask((signal) => this.#client.call('clusters.list', {}, { signal }));
    });
    return () => {
      stop();
      this.list.cancel();
    };
  }
}
