import type { Locator } from '@playwright/test';

/** What a person has to know or decide, counted. Going on to the next step, or opening a part, is no input. */
export class Inputs {
  readonly #given: string[] = [];

  /** In words, in order. */
  get given(): readonly string[] {
    return this.#given;
  }

  async fill(what: string, field: Locator, text: string): Promise<void> {
    await field.fill(text);
    this.#given.push(what);
  }

  async choose(what: string, list: Locator, option: Locator, words = ''): Promise<void> {
    await list.fill(words);
    await option.click();
    this.#given.push(what);
  }

  async tick(what: string, box: Locator): Promise<void> {
    await box.check();
    this.#given.push(what);
  }

  async decide(what: string, button: Locator): Promise<void> {
    await button.click();
    this.#given.push(what);
  }
}
