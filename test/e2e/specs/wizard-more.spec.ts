import { machineTemplate } from '#test/lab/vcenter/vcenter.ts';
import { vcenterUser } from '#test/lab/vcenter/record.ts';
import { violations } from '../axe.ts';
import { expect, test } from '../fixtures/test.ts';
import { CredentialForm } from '../pages/credential-form.ts';
import { Shell } from '../pages/shell.ts';
import { Wizard } from '../pages/wizard.ts';

const minute = 60_000;

test('what a node template may say besides stands in parts that begin closed, with what vCenter has', async ({
  app,
  vsphere,
}) => {
  test.setTimeout(5 * minute);
  await vsphere.govc('tags.category.create', 'owner');
  await vsphere.govc('tags.create', '-c', 'owner', 'blue');
  await vsphere.govc('fields.add', '-type', 'VirtualMachine', 'cost-center');
  const { page } = app;
  const wizard = new Wizard(page);
  const form = new CredentialForm(page);
  await app.open('/new');
  await form.address.fill(new URL(vsphere.url).host);
  await form.user.fill(vcenterUser);
  await form.password.fill(vsphere.password);
  await form.add.click();
  await form.approve.click();
  await expect(wizard.credential).toContainText(vcenterUser);
  await wizard.next.click();
  await wizard.choice('Template or VM').fill('debian');
  await wizard.option(/debian-13/).click();
  await wizard.choice('Network').fill('VM');
  await wizard.option(machineTemplate.network).click();

  await wizard.part('Further networks').click();
  await wizard.part('Add a network').click();
  await wizard.choice('Network 2').fill('DVPG0');
  await wizard.option(/DVPG0/).click();
  await wizard.part('Further disks').click();
  await wizard.part('Add a disk').click();
  await wizard.number('Size of disk 2 (GiB)').fill('50');
  await wizard.part('Tags and custom attributes').click();
  await wizard.choice('Add a tag').fill('blue');
  await wizard.option('owner/blue').click();
  await wizard.choice('Add a custom attribute').fill('cost');
  await wizard.option('cost-center').click();
  await wizard.field('cost-center').fill('42');
  await wizard.part('cloud-init and extra config').click();
  await wizard.field('cloud-init additions').fill('packages: [nfs-common]');
  await wizard.field('Extra config of the VM').fill('disk.EnableUUID=TRUE');
  await wizard.part('More about these machines').click();
  for (const theme of ['High contrast', 'Dark', 'Light'] as const) {
    await new Shell(page).appear(theme);
    expect(await violations(page), theme).toEqual([]);
  }

  await wizard.editAsYaml.click();
  const yaml = page.getByRole('textbox', { name: /YAML/ });
  await expect(yaml).toHaveValue(/tag: blue[^]*cost-center: "42"[^]*- nfs-common[^]*disk.EnableUUID: "TRUE"/);
  await page.getByRole('button', { name: 'Back to the form' }).click();
  await wizard.next.click();
  await wizard.next.click();
  await expect(wizard.heading).toHaveText('Review');
  await expect(page.getByText('Nothing was found that would stop the run.')).toBeVisible({ timeout: minute });
});

test('a jump host and a login per machine are there for own machines, and break no rule of axe', async ({ app }) => {
  const { page } = app;
  const wizard = new Wizard(page);
  await app.open('/new');
  await wizard.ownMachines.check();
  await wizard.part('Port and jump host').click();
  await wizard.check('Reach the machines through a jump host').check();
  await page.getByLabel('Address of the jump host').fill('jump.example.com');
  expect(await violations(page)).toEqual([]);
  await wizard.next.click();
  await wizard.field('Machines, one per line').fill('node-1 192.0.2.11');
  await page.getByRole('button', { name: 'Add these' }).click();
  await wizard.part('More about node-1').click();
  await page.getByLabel('SSH port of this machine').fill('2222');
  expect(await violations(page)).toEqual([]);
  await wizard.editAsYaml.click();
  await expect(page.getByRole('textbox', { name: /YAML/ })).toHaveValue(
    /bastion:\s+address: jump\.example\.com[^]*port: 2222/,
  );
});
