import type { DraftContent } from '#renderer/lib/wizard/draft-content.ts';
import type { Client } from '#shared/contract/index.ts';
import { Answer } from './answer.svelte.ts';

const typingMs = 400;

/** Keeps what a person began, so that it survives the page: soon after each change, and at once when the page goes. */
export class WizardDraft {
  readonly id: string;
  readonly kept = new Answer<unknown>();
  readonly removed = new Answer<unknown>();
  #client: Client;
  #waiting: (() => void) | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(client: Client, id: string) {
    this.#client = client;
    this.id = id;
  }

  /** The last state given is the one that is kept. */
  keep(content: DraftContent): void {
    this.#waiting = () => {
      const { document, step } = content;
      const draft = { id: this.id, title: document.metadata.name || this.id, content: { document, step } };
      void this.kept.ask(() => this.#client.call('drafts.put', draft));
    };
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), typingMs);
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#waiting?.();
    this.#waiting = undefined;
  }

  /** Answers how to stop, which keeps what still waits. */
  follow(): () => void {
    const flush = (): void => this.flush();
    window.addEventListener('pagehide', flush);
    document.addEventListener('visibilitychange', flush);
    return () => {
      window.removeEventListener('pagehide', flush);
      document.removeEventListener('visibilitychange', flush);
      flush();
    };
  }

  /** It has become a cluster, or the person does not want it. */
  async remove(): Promise<void> {
    clearTimeout(this.#timer);
    this.#waiting = undefined;
    await this.removed.ask(() => this.#client.call('drafts.remove', { id: this.id }));
  }
}
