import { expect, test } from '../fixtures/test.ts';
import { ClustersPage } from '../pages/clusters-page.ts';
import { Shell } from '../pages/shell.ts';

test('a person who comes for the first time is led to a first cluster', async ({ app }) => {
  await app.open();
  const shell = new Shell(app.page);
  await expect(shell.heading).toHaveText('Clusters');
  await expect(app.page).toHaveTitle('Clusters · Slipway');
  await new ClustersPage(app.page).createFirst.click();
  await expect(shell.heading).toHaveText('New cluster');
});
