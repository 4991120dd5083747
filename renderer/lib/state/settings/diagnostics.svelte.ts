import type { Client, OutputOf } from '#shared/contract/index.ts';
import { Answer } from '#renderer/lib/state/app/answer.svelte.ts';

/** The support bundle: first what would be in it, then the file. */
export class Diagnostics {
  /** Of one cluster, by name; `undefined`: of all. */
  cluster: string | undefined = $state();
  readonly preview = new Answer<OutputOf<'diagnostics.preview'>>();
  readonly bundle = new Answer<OutputOf<'diagnostics.bundle'>>();
  readonly clusters = new Answer<readonly string[]>();
  #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  readonly bytes = $derived((this.preview.value?.files ?? []).reduce((sum, file) => sum + file.bytes, 0));

  load(): void {
    void this.clusters.ask(async (signal) =>
      (await this.#client.call('clusters.list', {}, { signal })).map(({ name }) => name),
    );
    void this.#look();
  }

  /** What was shown of others is void at once. */
  choose(cluster: string | undefined): void {
    this.cluster = cluster;
    this.preview.clear();
    this.bundle.clear();
    void this.#look();
  }

  make(): Promise<OutputOf<'diagnostics.bundle'> | undefined> {
    return this.bundle.ask((signal) => this.#client.call('diagnostics.bundle', this.#about(), { signal }));
  }

  /** Whoever looked has gone. */
  stop(): void {
    for (const answer of [this.preview, this.bundle, this.clusters]) answer.cancel();
  }

  async #look(): Promise<void> {
    await this.preview.ask((signal) => this.#client.call('diagnostics.preview', this.#about(), { signal }));
  }

  #about(): { readonly cluster?: string } {
    return this.cluster === undefined ? {} : { cluster: this.cluster };
  }
}
