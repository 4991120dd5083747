import { machineTemplate } from '#test/lab/vcenter/vcenter.ts';
import { vcenterUser } from '#test/lab/vcenter/record.ts';
import { expect, test } from '../fixtures/test.ts';
import { Inputs } from '../inputs.ts';
import { ClustersPage } from '../pages/clusters-page.ts';
import { CredentialForm } from '../pages/credential-form.ts';
import { Wizard } from '../pages/wizard.ts';

test('from the first screen to Create a person needs a credential, an approval, and no more than two choices', async ({
  app,
  vsphere,
}) => {
  const inputs = new Inputs();
  const wizard = new Wizard(app.page);
  const form = new CredentialForm(app.page);
  await app.open();
  await new ClustersPage(app.page).createFirst.click();

  await inputs.fill('address', form.address, new URL(vsphere.url).host);
  await inputs.fill('user', form.user, vcenterUser);
  await inputs.fill('password', form.password, vsphere.password);
  await form.add.click();
  await inputs.decide('thumbprint', form.approve);
  await expect(app.page.getByText('may do all that is needed.')).toBeVisible();
  await wizard.next.click();

  await expect(wizard.heading).toHaveText('Machines');
  await inputs.choose('template', wizard.choice('Template or VM'), wizard.option(/debian-13/), 'debian');
  await inputs.choose('network', wizard.choice('Network'), wizard.option(machineTemplate.network), 'VM');
  await wizard.next.click();
  await wizard.next.click();

  await expect(wizard.heading).toHaveText('Review');
  await expect(app.page.getByText('Nothing was found that would stop the run.')).toBeVisible();
  await wizard.next.click();
  await expect(wizard.create).toBeEnabled();
  expect(inputs.given).toEqual(['address', 'user', 'password', 'thumbprint', 'template', 'network']);
});
