import type { Locator, Page } from '@playwright/test';

/** Somebody without a mouse: everything is reached with Tab, in the order of the page. */
export class Keyboard {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  /** @throws when so many tabs do not reach it: then the keyboard cannot. */
  async tabTo(wanted: Locator, within = 60): Promise<void> {
    for (let tabs = 0; tabs <= within; tabs++) {
      if (await wanted.evaluate((element) => element === element.ownerDocument.activeElement)) return;
      await this.#page.keyboard.press('Tab');
    }
    throw new Error(`${String(wanted)} is not reached with ${within} tabs.`);
  }

  async press(wanted: Locator, key: 'Enter' | 'Space' = 'Enter'): Promise<void> {
    await this.tabTo(wanted);
    await this.#page.keyboard.press(key);
  }

  async type(wanted: Locator, text: string): Promise<void> {
    await this.tabTo(wanted);
    await this.#page.keyboard.press('ControlOrMeta+A');
    await this.#page.keyboard.type(text);
  }

  /** The first row of a list that is searched. */
  async choose(list: Locator, words: string, option: Locator): Promise<void> {
    await this.type(list, words);
    await option.waitFor();
    await this.#page.keyboard.press('ArrowDown');
    await this.#page.keyboard.press('Enter');
  }
}
