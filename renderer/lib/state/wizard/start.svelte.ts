import { documentOfProfile, firstDocument } from '#renderer/lib/wizard/begin.ts';
import { keptContent, type DraftContent } from '#renderer/lib/wizard/draft-content.ts';
import { leftBehind } from '#renderer/lib/wizard/left-behind.ts';
import { isSpecDocument } from '#renderer/lib/wizard/spec-document.ts';
import { isStep } from '#renderer/lib/wizard/steps.ts';
import type { Client } from '#shared/contract/index.ts';
import { errorData, hasCode, type ErrorData } from '#shared/errors/define.ts';
import { wizardErrors } from '#shared/errors/wizard.ts';
import { WizardKnown } from './known.svelte.ts';
import { Wizard } from './wizard.svelte.ts';

export interface Beginnings {
  readonly draft: string | undefined;
  readonly profile: string | undefined;
  readonly step: string | undefined;
}

/** A new wizard, one that goes on with a draft, or one that begins from a profile. */
export class WizardStart {
  wizard: Wizard | undefined = $state.raw();
  error: ErrorData | undefined = $state.raw();
  readonly askedAt = Date.now();
  #client: Client;
  #from: Beginnings;

  constructor(client: Client, from: Beginnings) {
    this.#client = client;
    this.#from = from;
  }

  async begin(): Promise<void> {
    const known = new WizardKnown(this.#client);
    try {
      await known.begin();
      const content = await this.#content(known);
      const { step } = this.#from;
      const wizard = new Wizard(this.#client, known, this.#from.draft ?? crypto.randomUUID(), content);
      if (isStep(step) && step !== 'create' && wizard.canGo(step)) wizard.step = step;
      this.wizard = wizard;
    } catch (thrown) {
      this.error = errorData(thrown);
    }
  }

  async #content(known: WizardKnown): Promise<DraftContent> {
    const { draft, profile } = this.#from;
    if (draft !== undefined) {
      const content = await this.#draft(draft);
      if (content) return content;
    }
    if (profile === undefined) return { document: firstDocument(known.beginning), step: 'where' };
    const { text } = await this.#client.call('profiles.get', { name: profile });
    const { valueOfYaml } = await import('#renderer/lib/wizard/yaml-text.ts');
    const document = valueOfYaml(text);
    if (!isSpecDocument(document)) throw wizardErrors.unreadable_profile({ name: profile });
    return { document: documentOfProfile(document, known.clusterNames), step: 'where' };
  }

  /** `undefined` for one that is gone: it was made a cluster, or never kept, and its address is as good as a new one. */
  async #draft(id: string): Promise<DraftContent | undefined> {
    const left = leftBehind(localStorage, id);
    if (left) return left;
    try {
      const content = keptContent((await this.#client.call('drafts.get', { id })).content);
      if (content) return content;
    } catch (thrown) {
      if (hasCode(thrown, 'draft.unknown')) return undefined;
      throw thrown;
    }
    throw wizardErrors.unreadable_draft({ id });
  }
}
