import type { Download, Locator, Page } from '@playwright/test';

/** One cluster: its machines, health, kubeconfig, runs and spec. */
export class ClusterPage {
  readonly heading: Locator;
  readonly healthy: Locator;
  readonly kubeconfig: Locator;
  readonly #kubeconfigPart: Locator;
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
    this.heading = page.getByRole('heading', { level: 1 });
    this.healthy = page.getByRole('main').getByText('Healthy', { exact: true });
    this.#kubeconfigPart = page.getByRole('region', { name: 'Kubeconfig' });
    this.kubeconfig = this.#kubeconfigPart.getByLabel('Kubeconfig', { exact: true });
  }

  async show(part: 'Overview' | 'Machines' | 'Certificates' | 'Runs' | 'Spec' | 'What exists, removal'): Promise<void> {
    await this.#page.getByRole('tab', { name: part }).click();
  }

  async showKubeconfig(): Promise<void> {
    await this.#kubeconfigPart.getByRole('button', { name: 'Show' }).click();
  }

  async saveKubeconfig(): Promise<Download> {
    const download = this.#page.waitForEvent('download');
    await this.#kubeconfigPart.getByRole('button', { name: 'Save as file' }).click();
    return download;
  }

  async mergeKubeconfig(): Promise<void> {
    await this.#kubeconfigPart.getByRole('checkbox', { name: 'Make it the current context' }).check();
    await this.#kubeconfigPart.getByRole('button', { name: 'Merge into my kubeconfig' }).click();
  }

  /** @param name of the cluster, typed to confirm. */
  async remove(name: string): Promise<void> {
    await this.show('What exists, removal');
    await this.#page.getByRole('button', { name: 'Show what would be removed' }).click();
    const dialog = this.#page.getByRole('dialog');
    await dialog.getByRole('textbox').fill(name);
    await dialog.getByRole('button', { name: 'Remove', exact: true }).click();
  }
}
