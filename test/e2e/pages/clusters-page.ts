import type { Locator, Page } from '@playwright/test';

/** All clusters, or what leads to a first one. */
export class ClustersPage {
  readonly createFirst: Locator;
  readonly #main: Locator;

  constructor(page: Page) {
    this.#main = page.getByRole('main');
    this.createFirst = this.#main
      .getByRole('region', { name: 'Build your first cluster' })
      .getByRole('link', { name: 'Create a cluster' });
  }

  cluster(name: string): Locator {
    return this.#main.getByRole('link', { name, exact: true });
  }
}
