import type { Locator, Page } from '@playwright/test';

/** Adds a vCenter: on the page of credentials, and in the wizard of somebody who has none. */
export class CredentialForm {
  readonly form: Locator;
  readonly address: Locator;
  readonly user: Locator;
  readonly password: Locator;
  readonly name: Locator;
  readonly ca: Locator;
  readonly add: Locator;
  /** Asks whether the server that answered is the right one. */
  readonly approval: Locator;
  readonly approve: Locator;
  readonly refuse: Locator;

  constructor(page: Page) {
    this.form = page.getByRole('form', { name: 'Add a vCenter' });
    this.address = this.form.getByRole('textbox', { name: 'vCenter address' });
    this.user = this.form.getByRole('textbox', { name: 'User', exact: true });
    this.password = this.form.getByLabel('Password', { exact: true });
    this.name = this.form.getByRole('textbox', { name: 'Name of the credential' });
    this.ca = this.form.getByRole('textbox', { name: 'CA certificate (PEM)' });
    this.add = this.form.getByRole('button', { name: 'Check and add' });
    this.approval = page.getByRole('region', { name: 'Is this your vCenter?' });
    this.approve = this.approval.getByRole('button', { name: 'The thumbprint is right: log in' });
    this.refuse = this.approval.getByRole('button', { name: 'It is not: stop' });
  }

  /** What stands beside a field because its content is wrong. */
  problem(text: string | RegExp): Locator {
    return this.form.getByRole('alert').filter({ hasText: text });
  }
}
