import type { Locator, Page } from '@playwright/test';

export type Step = 'Where' | 'Machines' | 'Kubernetes' | 'Review' | 'Create';

/** The wizard of a new cluster. */
export class Wizard {
  /** Of the step that is open. */
  readonly heading: Locator;
  readonly next: Locator;
  readonly back: Locator;
  readonly draftKept: Locator;
  readonly name: Locator;
  readonly credential: Locator;
  readonly ownMachines: Locator;
  readonly warnings: Locator;
  readonly topology: Locator;
  readonly staticRange: Locator;
  readonly create: Locator;
  /** Opened by Create, where the review found what would stop the run. */
  readonly confirmation: Locator;
  readonly createAnyway: Locator;
  readonly lookAgain: Locator;
  readonly keepAsProfile: Locator;
  readonly editAsYaml: Locator;
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
    this.heading = page.getByRole('main').getByRole('heading', { level: 2 }).first();
    this.next = page.getByRole('button', { name: 'Next', exact: true });
    this.back = page.getByRole('button', { name: 'Back', exact: true });
    this.draftKept = page.getByText('Saved as draft');
    this.name = page.getByRole('textbox', { name: 'Cluster name' });
    this.credential = page.getByRole('combobox', { name: 'Credential', exact: true });
    this.ownMachines = page.getByRole('radio', { name: 'My own machines over SSH' });
    this.warnings = page.getByRole('list', { name: 'Warnings' }).getByRole('listitem');
    this.topology = page.getByRole('region', { name: 'Topology' });
    this.staticRange = page.getByRole('radio', { name: 'Static range' });
    this.create = page.getByRole('button', { name: 'Create the cluster' });
    this.confirmation = page.getByRole('dialog');
    this.createAnyway = this.confirmation.getByRole('button', { name: 'Create anyway' });
    this.lookAgain = page.getByRole('button', { name: 'Look again' });
    this.keepAsProfile = page.getByRole('checkbox', { name: 'Keep this as a profile' });
    this.editAsYaml = page.getByRole('button', { name: 'Edit as YAML' });
  }

  step(name: Step): Locator {
    return this.#page.getByRole('navigation', { name: 'Steps' }).getByRole('button', { name });
  }

  /** A list to search in: `Template or VM`, `Network`. */
  choice(name: string): Locator {
    return this.#page.getByRole('combobox', { name, exact: true });
  }

  option(name: string | RegExp): Locator {
    return this.#page.getByRole('option', { name });
  }

  field(name: string): Locator {
    return this.#page.getByRole('textbox', { name, exact: true });
  }

  number(name: string): Locator {
    return this.#page.getByRole('spinbutton', { name, exact: true });
  }

  size(name: RegExp): Locator {
    return this.#page.getByRole('radiogroup', { name: 'Size' }).getByRole('radio', { name });
  }

  /** A part of a step that begins closed. */
  part(name: string): Locator {
    return this.#page.getByRole('button', { name });
  }

  check(name: string): Locator {
    return this.#page.getByRole('checkbox', { name, exact: true });
  }

  /** Errors and findings that stop the run. */
  get alerts(): Locator {
    return this.#page.getByRole('main').getByRole('alert');
  }
}
