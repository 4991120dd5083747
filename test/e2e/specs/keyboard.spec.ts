import { machineTemplate } from '#test/lab/vcenter/vcenter.ts';
import { vcenterUser } from '#test/lab/vcenter/record.ts';
import { expect, test } from '../fixtures/test.ts';
import { Keyboard } from '../keyboard.ts';
import { ClustersPage } from '../pages/clusters-page.ts';
import { CredentialForm } from '../pages/credential-form.ts';
import { Shell } from '../pages/shell.ts';
import { Wizard } from '../pages/wizard.ts';

test('the wizard is walked with the keyboard alone, from the first screen to the review', async ({ app, vsphere }) => {
  const { page } = app;
  const keys = new Keyboard(page);
  const form = new CredentialForm(page);
  const wizard = new Wizard(page);
  await app.open();
  await keys.press(new ClustersPage(page).createFirst);
  await expect(new Shell(page).heading).toBeFocused();

  await keys.type(form.address, new URL(vsphere.url).host);
  await keys.type(form.user, vcenterUser);
  await keys.type(form.password, vsphere.password);
  await page.keyboard.press('Enter');
  await expect(form.approval).toBeFocused();
  await keys.press(form.approve);
  await expect(wizard.credential).toContainText(vcenterUser);

  await keys.press(wizard.next);
  await expect(page.getByRole('heading', { level: 2, name: 'Machines', exact: true })).toBeFocused();
  await keys.choose(wizard.choice('Template or VM'), 'debian', wizard.option(/debian-13/));
  await expect(wizard.choice('Template or VM')).toHaveValue(/debian-13/);
  await keys.choose(wizard.choice('Network'), machineTemplate.network, wizard.option(machineTemplate.network));
  await expect(wizard.choice('Network')).toHaveValue('/DC0/network/VM Network');
  await keys.press(wizard.next);
  await expect(page.getByRole('heading', { level: 2, name: 'Kubernetes', exact: true })).toBeFocused();
  await keys.press(wizard.part('Network'), 'Space');
  await expect(wizard.field('Pod network')).toBeVisible();
  await keys.press(wizard.next);
  await expect(page.getByRole('heading', { level: 2, name: 'Review', exact: true })).toBeFocused();
  await expect(page.getByText('Nothing was found that would stop the run.')).toBeVisible();
});

test('the skip button leads past the navigation', async ({ app }) => {
  await app.open('/settings');
  await expect(new Shell(app.page).heading).toHaveText('Settings');
  await app.page.reload();
  await expect(new Shell(app.page).heading).toHaveText('Settings');
  const keys = new Keyboard(app.page);
  await keys.press(app.page.getByRole('button', { name: 'Skip to the content' }));
  await expect(app.page.getByRole('main')).toBeFocused();
});
