import { violations } from '../axe.ts';
import { expect, test } from '../fixtures/test.ts';
import { Shell } from '../pages/shell.ts';

const pages = [
  { place: '/clusters', heading: 'Clusters' },
  { place: '/new', heading: 'New cluster' },
  { place: '/new/spec', heading: 'New cluster from a spec' },
  { place: '/profiles', heading: 'Profiles' },
  { place: '/templates', heading: 'Node templates' },
  { place: '/credentials', heading: 'Credentials' },
  { place: '/settings', heading: 'Settings' },
  { place: '/diagnostics', heading: 'Diagnostics' },
  { place: '/nowhere', heading: 'There is no such page' },
] as const;
const themes = ['Light', 'Dark', 'High contrast'] as const;
/** Pages with content go through all themes in furnished.spec.ts. */
const furnished: readonly string[] = ['/profiles', '/templates', '/credentials', '/settings', '/diagnostics'];

for (const { place, heading } of pages) {
  test(`the page at ${place} breaks no rule of axe when nothing was made yet`, async ({ app }) => {
    await app.open(place);
    const shell = new Shell(app.page);
    await expect(shell.heading).toHaveText(heading);
    for (const theme of furnished.includes(place) ? themes.slice(0, 1) : themes) {
      await shell.appear(theme);
      expect(await violations(app.page), theme).toEqual([]);
    }
  });
}

test('the appearance follows the system, until somebody chooses', async ({ app }) => {
  const background = () => app.page.evaluate('getComputedStyle(document.documentElement).backgroundColor');
  await app.page.emulateMedia({ colorScheme: 'light' });
  await app.open();
  const shell = new Shell(app.page);
  await expect(shell.heading).toHaveText('Clusters');
  const light = await background();
  await app.page.emulateMedia({ colorScheme: 'dark' });
  const dark = await background();
  expect(dark).not.toBe(light);
  await shell.appear('Light');
  expect(await background()).toBe(light);
  await app.page.reload();
  await expect(shell.heading).toHaveText('Clusters');
  expect(await background()).toBe(light);
});
