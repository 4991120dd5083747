import type { ClusterHealth } from '#renderer/lib/client/answers.ts';
import type { Client } from '#shared/contract/index.ts';
import { Answer } from '#renderer/lib/state/app/answer.svelte.ts';
import { everyWhileVisible } from '#renderer/lib/state/app/every.ts';

/** Each look goes through SSH to the cluster's own API. */
const everyMs = 30_000;

/** How one cluster is, as its own API tells. Asked only while somebody looks. */
export class Health {
  readonly asked = new Answer<ClusterHealth>();
  #client: Client;
  #cluster: string;

  /** @param cluster its id or name */
  constructor(client: Client, cluster: string) {
    this.#client = client;
    this.#cluster = cluster;
  }

  look(): void {
    if (this.asked.busy) return;
    void this.asked.ask((signal) => this.#client.call('clusters.health', { cluster: this.#cluster }, { signal }));
  }

  /** Answers how to stop. */
  follow(): () => void {
    const stop = everyWhileVisible(everyMs, () => this.look());
    return () => {
      stop();
      this.asked.cancel();
    };
  }

  /** Follows only while the element is on the screen: of a hundred clusters the few that are seen are asked. */
  followWhileShown(element: Element): () => void {
    let stop: (() => void) | undefined;
    const observer = new IntersectionObserver((entries) => {
      const shown = entries.at(-1)?.isIntersecting ?? false;
      if (shown) stop ??= this.follow();
      else {
        stop?.();
        stop = undefined;
      }
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      stop?.();
    };
  }
}
