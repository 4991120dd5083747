import type { Page } from '@playwright/test';
import { machineTemplate, type LabVcenter } from '#test/lab/vcenter/vcenter.ts';
import { vcenterUser } from '#test/lab/vcenter/record.ts';
import { violations } from '../axe.ts';
import type { App } from '../fixtures/app.ts';
import { expect, test } from '../fixtures/test.ts';
import { CredentialForm } from '../pages/credential-form.ts';
import { Shell } from '../pages/shell.ts';
import { Wizard, type Step } from '../pages/wizard.ts';

const hostOf = ({ url }: LabVcenter): string => new URL(url).host;

/** As far as the form of the credential, filled in with what is right but for what is given. */
async function fillCredential(app: App, vsphere: LabVcenter, wrong: { address?: string; password?: string } = {}) {
  await app.open('/new');
  const form = new CredentialForm(app.page);
  await form.address.fill(wrong.address ?? hostOf(vsphere));
  await form.user.fill(vcenterUser);
  await form.password.fill(wrong.password ?? vsphere.password);
  await form.add.click();
  return form;
}

/** As far as that step, with a vCenter that is known and a template of it. */
async function goTo(step: Step, app: App, vsphere: LabVcenter): Promise<Wizard> {
  const form = await fillCredential(app, vsphere);
  const wizard = new Wizard(app.page);
  await form.approve.click();
  await expect(wizard.credential).toContainText(vcenterUser);
  if (step === 'Where') return wizard;
  await wizard.next.click();
  await expect(wizard.heading).toHaveText('Machines');
  await wizard.choice('Template or VM').fill('debian');
  await wizard.option(/debian-13/).click();
  await wizard.choice('Network').fill('VM');
  await wizard.option(machineTemplate.network).click();
  if (step === 'Machines') return wizard;
  await wizard.next.click();
  await expect(wizard.heading).toHaveText('Kubernetes');
  if (step === 'Kubernetes') return wizard;
  await wizard.next.click();
  await expect(wizard.heading).toHaveText('Review');
  return wizard;
}

const main = (page: Page) => page.getByRole('main');

test('a wrong password is said beside it, and nothing is kept', async ({ app, vsphere }) => {
  const form = await fillCredential(app, vsphere, { password: 'wrong' });
  await form.approve.click();
  const words = `The vCenter ${hostOf(vsphere)} refuses the login of ${vcenterUser}.`;
  await expect(form.problem(words).first()).toBeVisible();
  await expect(form.password).toHaveAttribute('aria-invalid', 'true');
  await app.open('/credentials');
  await expect(main(app.page)).toContainText('There is no credential yet.');
});

test('a certificate that the person does not approve is trusted by nobody', async ({ app, vsphere }) => {
  const form = await fillCredential(app, vsphere);
  await expect(form.approval).toBeFocused();
  await expect(form.approval).toContainText(vsphere.sha256.slice(0, 11));
  await form.refuse.click();
  await expect(form.approval).toHaveCount(0);
  await expect(form.add).toBeEnabled();
  expect((await vsphere.control.calls()).logins, 'no password was sent').toEqual([]);
  await app.open('/credentials');
  await expect(main(app.page)).toContainText('There is no credential yet.');
});

test('a vCenter that does not answer is said beside its address', async ({ app, vsphere }) => {
  const form = await fillCredential(app, vsphere, { address: '127.0.0.1:9' });
  await expect(form.problem('The vCenter 127.0.0.1:9 does not answer')).toBeVisible();
  await expect(form.address).toHaveAttribute('aria-invalid', 'true');
});

test('fields that were left empty are named, and the first of them is next', async ({ app }) => {
  await app.open('/new');
  const form = new CredentialForm(app.page);
  await form.add.click();
  await expect(form.problem('This is needed.')).toHaveCount(4);
  await expect(form.address).toHaveAttribute('aria-invalid', 'true');
  const wizard = new Wizard(app.page);
  await wizard.next.click();
  await expect(main(app.page)).toContainText('Add the vCenter first.');
  await expect(wizard.heading).toHaveText('Where');
});

test('privileges that are missing are named with the object and what they are for', async ({ app, vsphere }) => {
  await vsphere.control.revoke('VirtualMachine.Provisioning.DeployTemplate');
  await vsphere.control.revoke('Network.Assign');
  await goTo('Where', app, vsphere);
  await expect(main(app.page)).toContainText(`${vcenterUser} may not do all that is needed`);
  const rows = app.page.getByRole('table').getByRole('row');
  await expect(rows.filter({ hasText: 'VirtualMachine.Provisioning.DeployTemplate' }).first()).toBeVisible();
  await expect(rows.filter({ hasText: 'Network.Assign' }).first()).toBeVisible();
  await expect(main(app.page)).toContainText('You can go on: the review says what would fail.');
});

test('without a template there are no machines: the wizard stays and goes to the field', async ({ app, vsphere }) => {
  const wizard = await goTo('Where', app, vsphere);
  await wizard.next.click();
  await expect(wizard.heading).toHaveText('Machines');
  await wizard.next.click();
  await expect(wizard.choice('Template or VM')).toBeFocused();
  await expect(wizard.choice('Template or VM')).toHaveAccessibleDescription(/This is needed\./);
  await expect(wizard.heading).toHaveText('Machines');
});

test('a range of addresses that is too small is noticed before anything is asked', async ({ app, vsphere }) => {
  const wizard = await goTo('Machines', app, vsphere);
  await wizard.staticRange.check();
  await wizard.field('Addresses to give out').fill('192.0.2.10');
  await expect(
    wizard.warnings.filter({ hasText: 'The range has 1 address, and 3 machines need one each.' }),
  ).toHaveCount(1);
  await wizard.field('Addresses to give out').fill('192.0.2.10-192.0.2.12');
  await expect(wizard.warnings.filter({ hasText: 'need one each' })).toHaveCount(0);
});

test('a name that a VM in vCenter has already stands in the review, with what to do', async ({ app, vsphere }) => {
  await vsphere.govc(
    ...['vm.create', '-on=false', '-folder', '/DC0/vm', '-pool', '/DC0/host/DC0_C0/Resources'],
    ...['-ds', 'LocalDS_0', '-net', 'VM Network', 'cluster-1-control-1'],
  );
  const wizard = await goTo('Review', app, vsphere);
  await expect(wizard.alerts.filter({ hasText: 'cluster-1-control-1' }).first()).toBeVisible();
  await expect(wizard.alerts.first()).toContainText('What to do');
});

test('a datastore that is too small stands in the review, and the run may still be begun by saying so twice', async ({
  app,
  vsphere,
}) => {
  for (const datastore of ['LocalDS_0', 'LocalDS_1']) await vsphere.control.setFreeSpace(datastore, 2 ** 20);
  const wizard = await goTo('Review', app, vsphere);
  await expect(wizard.alerts.filter({ hasText: 'would stop the run' })).toBeVisible();
  await wizard.next.click();
  await expect(main(app.page)).toContainText('would stop the run. Put it right and look again.');
  await expect(wizard.lookAgain).toBeVisible();
  await wizard.create.click();
  await expect(wizard.confirmation).toHaveAccessibleName(/^\d+ findings? would stop the run$/);
  expect(await violations(app.page)).toEqual([]);
  await wizard.createAnyway.click();
  await expect(new Shell(app.page).heading).toHaveText('Create cluster-1');
});

test('a datastore that was freed meanwhile is seen by looking again, and nothing more is asked', async ({
  app,
  vsphere,
}) => {
  for (const datastore of ['LocalDS_0', 'LocalDS_1']) await vsphere.control.setFreeSpace(datastore, 2 ** 20);
  const wizard = await goTo('Review', app, vsphere);
  await expect(wizard.alerts.filter({ hasText: 'would stop the run' })).toBeVisible();
  await wizard.next.click();
  for (const datastore of ['LocalDS_0', 'LocalDS_1']) await vsphere.control.setFreeSpace(datastore, 2 ** 42);
  await wizard.lookAgain.click();
  await expect(wizard.heading).toHaveText('Review');
  await expect(main(app.page)).toContainText('Nothing was found that would stop the run.');
  await wizard.next.click();
  await expect(wizard.create).toBeEnabled();
  await expect(wizard.lookAgain).toHaveCount(0);
});

test('a vCenter that stops answering in the middle is said in the review, which looks again', async ({
  app,
  vsphere,
}) => {
  const wizard = await goTo('Kubernetes', app, vsphere);
  await vsphere.control.addRule({ method: '*', status: 503 });
  await wizard.next.click();
  await expect(wizard.alerts.filter({ hasText: 'HTTP 503' }).first()).toBeVisible({ timeout: 60_000 });
  await vsphere.control.clearRules();
  await wizard.lookAgain.click();
  await expect(main(app.page)).toContainText('Nothing was found that would stop the run.', { timeout: 60_000 });
});

test('a draft outlives the window, without the password', async ({ app, vsphere }) => {
  const wizard = await goTo('Machines', app, vsphere);
  await wizard.size(/One machine/).check();
  await expect(wizard.draftKept).toBeVisible();
  await app.page.reload();
  await expect(wizard.heading).toHaveText('Machines');
  await expect(wizard.choice('Template or VM')).toHaveValue(/debian-13/);
  await expect(wizard.size(/One machine/)).toBeChecked();
  const kept = await app.page.evaluate('JSON.stringify([{ ...localStorage }, { ...sessionStorage }])');
  expect(kept).not.toContain(vsphere.password);
});

test('what YAML says the forms show, and the other way round', async ({ app, vsphere }) => {
  const wizard = await goTo('Machines', app, vsphere);
  await wizard.editAsYaml.click();
  const yaml = app.page.getByRole('textbox', { name: /YAML/ });
  await expect(yaml).toHaveValue(/debian-13/);
  await yaml.fill((await yaml.inputValue()).replace('count: 2', 'count: 4'));
  await app.page.getByRole('button', { name: 'Back to the form' }).click();
  await expect(wizard.size(/My own/)).toBeChecked();
  await expect(wizard.topology).toContainText('cluster-1-worker-4');
});
