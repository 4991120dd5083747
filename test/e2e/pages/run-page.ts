import type { Locator, Page } from '@playwright/test';

/** One run: its phases, machines, log and time line. */
export class RunPage {
  readonly heading: Locator;
  readonly progress: Locator;
  readonly succeeded: Locator;
  readonly interrupted: Locator;
  readonly failed: Locator;
  readonly resume: Locator;
  readonly retry: Locator;
  readonly toCluster: Locator;
  readonly matrix: Locator;
  readonly timeline: Locator;
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
    this.heading = page.getByRole('heading', { level: 1 });
    this.progress = page.getByRole('progressbar', { name: 'Steps done' });
    this.succeeded = page.getByText('The run has succeeded');
    this.interrupted = page.getByRole('region', { name: 'The run was interrupted' });
    this.failed = page.getByRole('region', { name: 'The run has failed' });
    this.resume = page.getByRole('button', { name: 'Resume' });
    this.retry = page.getByRole('button', { name: 'Retry from here' });
    this.toCluster = page.getByRole('link', { name: 'Open the cluster', exact: true });
    this.matrix = page.getByRole('grid', { name: 'Machines and phases' });
    this.timeline = page.getByRole('region', { name: 'Who did what when' });
  }

  /** A row of the list of phases, with its status as a word. */
  phase(title: string): Locator {
    const row = this.#page.getByRole('listitem').filter({ has: this.#page.getByText(title, { exact: true }) });
    return this.#page.getByRole('region', { name: 'Phases' }).getByRole('listitem').and(row);
  }

  async show(view: 'Log' | 'Machines' | 'Time line'): Promise<void> {
    await this.#page.getByRole('group', { name: 'View' }).getByRole('button', { name: view }).click();
  }
}
