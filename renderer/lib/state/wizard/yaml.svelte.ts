import { isSpecDocument, type SpecDocument } from '#renderer/lib/wizard/spec-document.ts';
import type * as yamlText from '#renderer/lib/wizard/yaml-text.ts';
import type { Client, OutputOf } from '#shared/contract/index.ts';
import { Answer } from '#renderer/lib/state/app/answer.svelte.ts';

type YamlText = typeof yamlText;

const typingMs = 350;

/** The whole document as text, beside the forms. What is written there becomes the document as soon as it is a spec. */
export class WizardYaml {
  /** `undefined` while the forms are shown. */
  text: string | undefined = $state();
  /** The text has the shape of a spec, so the forms can show it. */
  isSpec = $state(true);
  /** What the YAML reader says where it cannot read the text. */
  unreadable: string | undefined = $state();
  readonly loaded = new Answer<YamlText>();
  readonly checked = new Answer<OutputOf<'specs.check'>>();
  #client: Client;
  #take: (document: SpecDocument) => void;
  /** As the person last left it: with comments. */
  #seen: string | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param take what becomes of a text that is a spec */
  constructor(client: Client, take: (document: SpecDocument) => void) {
    this.#client = client;
    this.#take = take;
  }

  async open(document: SpecDocument): Promise<void> {
    const yaml = await this.loaded.ask(() => import('#renderer/lib/wizard/yaml-text.ts'));
    if (!yaml) return;
    this.text = yaml.yamlOf(document, this.#seen);
    this.isSpec = true;
    this.unreadable = undefined;
    await this.#check();
  }

  /** A text that is no spec stays here until it is one, or until it is discarded. */
  write(text: string): void {
    this.text = text;
    const value = this.#valueOf(text);
    this.isSpec = isSpecDocument(value);
    if (isSpecDocument(value)) {
      this.#seen = text;
      this.#take(value);
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#check(), typingMs);
  }

  /** Back to the forms, which show the last text that was a spec. */
  close(): void {
    clearTimeout(this.#timer);
    this.checked.clear();
    this.text = undefined;
    this.isSpec = true;
  }

  /** A text from elsewhere, such as a profile. `undefined` where it is no spec. */
  async read(text: string): Promise<SpecDocument | undefined> {
    await this.loaded.ask(() => import('#renderer/lib/wizard/yaml-text.ts'));
    const value = this.#valueOf(text);
    return isSpecDocument(value) ? value : undefined;
  }

  #valueOf(text: string): unknown {
    this.unreadable = undefined;
    try {
      return this.loaded.value?.valueOfYaml(text);
    } catch (thrown) {
      this.unreadable = thrown instanceof Error ? thrown.message : String(thrown);
      return undefined;
    }
  }

  async #check(): Promise<void> {
    const { text } = this;
    if (text === undefined) return;
    await this.checked.ask((signal) => this.#client.call('specs.check', { text }, { signal }));
  }
}
