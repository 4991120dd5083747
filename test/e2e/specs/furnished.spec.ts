import { stringify } from 'yaml';
import { vcenterUser } from '#test/lab/vcenter/record.ts';
import { violations } from '../axe.ts';
import type { App } from '../fixtures/app.ts';
import { expect, test } from '../fixtures/test.ts';
import { Shell } from '../pages/shell.ts';
import { picture } from '../picture.ts';

const minute = 60_000;
const template = {
  name: 'small',
  source: { vm: '/DC0/vm/templates/debian-13' },
  pool: '/DC0/host/DC0_C0/Resources',
  datastore: '/DC0/datastore/LocalDS_0',
  networks: [{ network: 'VM Network' }],
};
const profile = {
  apiVersion: 'slipway.dev/v1',
  kind: 'Cluster',
  metadata: { name: 'plant' },
  spec: {
    vsphere: { credential: 'factory' },
    pools: [
      { name: 'control', template: 'small', count: 3, roles: ['etcd', 'controlplane'] },
      { name: 'work', template: 'small', count: 4, roles: ['worker'] },
    ],
  },
};

/** Every page of somebody who has worked with it for a while. */
const pages = [
  { place: '/credentials', heading: 'Credentials', shows: 'factory' },
  { place: '/templates', heading: 'Node templates', shows: 'small' },
  { place: '/profiles', heading: 'Profiles', shows: 'plant' },
  { place: '/settings', heading: 'Settings', shows: 'registry-password' },
  { place: '/diagnostics', heading: 'Diagnostics', shows: 'Save the bundle' },
  { place: '/new/spec', heading: 'New cluster from a spec', shows: 'Show the plan' },
] as const;

test('pages with content break no rule of axe, and are pictured', async ({ app, person, vsphere }) => {
  test.setTimeout(5 * minute);
  const password = await person.write('password', `${vsphere.password}\n`);
  const ca = await person.write('ca.pem', vsphere.caPem);
  const where = ['--address', new URL(vsphere.url).host, '--user', vcenterUser];
  await person.succeed('credential', 'add', 'factory', ...where, '--password-file', password, '--ca', ca);
  await person.succeed('template', 'add', await person.write('small.yaml', stringify(template)));
  const plant = await person.write('plant.yaml', stringify(profile));
  await person.succeed('profile', 'save', 'plant', '-f', plant, '--description', 'Three and four, in the plant');
  await person.succeed('secret', 'put', 'registry-password', '--from', password);

  await app.open('/clusters');
  for (const { place, heading, shows } of pages) await test.step(place, () => look(app, place, heading, shows));
});

async function look(app: App, place: string, heading: string, shows: string): Promise<void> {
  const shell = new Shell(app.page);
  await app.open(place);
  await expect(shell.heading).toHaveText(heading);
  await expect(app.page.getByRole('main').getByText(shows).first()).toBeVisible();
  if (place === '/new/spec') {
    await app.page.getByRole('button', { name: 'Begin with an example' }).click();
    // A picture of what is to be seen: the text is there, and was checked.
    await expect(app.page.getByRole('textbox', { name: /YAML/ })).toHaveValue(/kind: Cluster/);
    await expect(app.page.getByRole('status').filter({ hasText: 'The spec is good.' })).toBeVisible();
  }
  for (const theme of ['High contrast', 'Dark', 'Light'] as const) {
    await shell.appear(theme);
    expect(await violations(app.page), theme).toEqual([]);
    if (theme === 'Dark' && place === '/templates') await picture(app.page, 'templates-dark');
  }
  await picture(app.page, place.slice(1).replaceAll('/', '-'));
}
