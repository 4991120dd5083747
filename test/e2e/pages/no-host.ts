import type { Locator, Page } from '@playwright/test';

/** What is shown instead of the application where nobody answers it. */
export class NoHost {
  readonly heading: Locator;
  readonly loadAgain: Locator;

  constructor(page: Page) {
    this.heading = page.getByRole('heading', { level: 1 });
    this.loadAgain = page.getByRole('button', { name: 'Load again' });
  }
}
