import { dropLeft, leaveBehind } from '#renderer/lib/wizard/left-behind.ts';
import type { DraftContent } from '#renderer/lib/wizard/draft-content.ts';
import type { Client } from '#shared/contract/index.ts';
import { Answer } from '#renderer/lib/state/app/answer.svelte.ts';

const typingMs = 400;

/** Keeps what a person began, so that it survives the page: soon after each change, and when the page goes. */
export class WizardDraft {
  readonly id: string;
  readonly kept = new Answer<unknown>();
  readonly removed = new Answer<unknown>();
  #client: Client;
  /** Changed since it was sent. */
  #waiting: DraftContent | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(client: Client, id: string) {
    this.#client = client;
    this.id = id;
  }

  /** The last state given is the one that is kept. */
  keep(content: DraftContent): void {
    this.#waiting = content;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#send(), typingMs);
  }

  /** Answers how to stop, which keeps what still waits. */
  follow(): () => void {
    const leave = (): void => {
      if (this.#waiting) leaveBehind(localStorage, this.id, this.#waiting);
    };
    const send = (): void => void this.#send();
    window.addEventListener('pagehide', leave);
    document.addEventListener('visibilitychange', send);
    return () => {
      window.removeEventListener('pagehide', leave);
      document.removeEventListener('visibilitychange', send);
      send();
    };
  }

  /** It has become a cluster, or the person does not want it. */
  async remove(): Promise<void> {
    clearTimeout(this.#timer);
    this.#waiting = undefined;
    dropLeft(localStorage, this.id);
    await this.removed.ask(() => this.#client.call('drafts.remove', { id: this.id }));
  }

  async #send(): Promise<void> {
    clearTimeout(this.#timer);
    if (!this.#waiting) return;
    const { document, step } = this.#waiting;
    this.#waiting = undefined;
    const draft = { id: this.id, title: document.metadata.name || this.id, content: { document, step } };
    const answer = await this.kept.ask(() => this.#client.call('drafts.put', draft));
    if (answer) dropLeft(localStorage, this.id);
  }
}
