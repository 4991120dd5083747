import type { PlannedRun, StartedRun } from '#renderer/lib/client/answers.ts';
import type { SpecDocument } from '#renderer/lib/wizard/spec-document.ts';
import type { Client } from '#shared/contract/index.ts';
import { Answer } from '#renderer/lib/state/app/answer.svelte.ts';

/** From the finished document to the run. */
export class WizardPlan {
  readonly planned = new Answer<PlannedRun>();
  readonly started = new Answer<StartedRun>();
  /** Keeping it as a profile. */
  readonly profile = new Answer<unknown>();
  #of: SpecDocument | undefined = $state.raw();
  #client: Client;
  #keptProfile: string | undefined;

  constructor(client: Client) {
    this.#client = client;
  }

  /** The plan of exactly this document. */
  planOf(document: SpecDocument): PlannedRun | undefined {
    return this.#of === document ? this.planned.value : undefined;
  }

  /** Looks at everything that the document names; takes seconds to minutes, and `planned.cancel()` ends it. */
  async look(document: SpecDocument): Promise<void> {
    this.planned.clear();
    const text = JSON.stringify(document);
    const answer = await this.planned.ask((signal) => this.#client.call('runs.plan', { text }, { signal }));
    if (answer) this.#of = document;
  }

  /**
   * Starts the run, and keeps the document as a profile first where one is named: a name that is taken can be changed
   * then, while after the start there would be nobody left to ask.
   */
  async create(document: SpecDocument, profile: string | undefined): Promise<StartedRun | undefined> {
    const text = JSON.stringify(document);
    if (profile !== undefined) {
      const replace = this.#keptProfile === profile; // ours, of an attempt whose start has failed
      await this.profile.ask(() => this.#client.call('profiles.save', { name: profile, text, replace }));
      if (this.profile.error) return undefined;
      this.#keptProfile = profile;
    }
    return this.started.ask(() => this.#client.call('runs.start', { text }));
  }
}
