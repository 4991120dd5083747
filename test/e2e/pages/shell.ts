import type { Locator, Page } from '@playwright/test';

/** The window around every page. */
export class Shell {
  readonly heading: Locator;
  readonly navigation: Locator;
  readonly activeRuns: Locator;
  readonly connectionLost: Locator;
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
    this.heading = page.getByRole('heading', { level: 1 });
    this.navigation = page.getByRole('navigation', { name: 'Main' });
    this.activeRuns = page.getByRole('list', { name: 'Active runs' });
    this.connectionLost = page.getByText('The connection to Slipway was lost.');
  }

  async choose(place: string): Promise<void> {
    await this.navigation.getByRole('link', { name: place, exact: true }).click();
  }

  async appear(theme: 'As the system' | 'Light' | 'Dark' | 'High contrast'): Promise<void> {
    await this.#page.getByRole('combobox', { name: 'Appearance' }).selectOption({ label: theme });
  }
}
