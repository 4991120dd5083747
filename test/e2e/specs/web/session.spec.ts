import { expect, test } from '../../fixtures/test.ts';
import { NoHost } from '../../pages/no-host.ts';
import { Shell } from '../../pages/shell.ts';

const noSession = 'This page has no session';

test('the one-time address opens one tab and no second one', async ({ web: app, context }) => {
  const url = await app.host.oneTimeUrl();
  await app.page.goto(url);
  await expect(new Shell(app.page).heading).toHaveText('Clusters');
  const second = await context.newPage();
  await second.goto(url);
  await expect(new NoHost(second).heading).toHaveText(noSession);
});

test('the token is neither in the address nor in the history nor readable once the page is there', async ({
  web: app,
}) => {
  const token = await app.host.token();
  await app.open();
  await expect(new Shell(app.page).heading).toHaveText('Clusters');
  expect(app.page.url()).toBe(`${app.origin}/#/clusters`);
  expect(
    await app.page.evaluate('JSON.stringify([history.state, { ...localStorage }, document.cookie])'),
  ).not.toContain(token);
  await app.page.goBack();
  expect(app.page.url()).not.toContain(token);
});

test('a reload keeps the session', async ({ web: app }) => {
  await app.open();
  const shell = new Shell(app.page);
  await expect(shell.heading).toHaveText('Clusters');
  await app.page.reload();
  await expect(shell.heading).toHaveText('Clusters');
});

test('without a token there is no application, and no operation answers', async ({ web: app }) => {
  await app.page.goto(`${app.origin}/`);
  await expect(new NoHost(app.page).heading).toHaveText(noSession);
  await expect(new Shell(app.page).navigation).toHaveCount(0);
  const answers = await Promise.all(
    ['/api/connect', '/api/send'].map((path) => app.page.request.post(app.origin + path, { data: {} })),
  );
  expect(answers.map((answer) => answer.status())).toEqual([401, 401]);
});

test('a made-up session is told so and is given nothing', async ({ web: app }) => {
  await app.page.goto(`${app.origin}/`);
  await app.page.evaluate("sessionStorage.setItem('slipway.session', 'x'.repeat(43))");
  await app.page.reload();
  await expect(new NoHost(app.page).heading).toHaveText(noSession);
  expect(await app.page.evaluate("sessionStorage.getItem('slipway.session')")).toBeNull();
});

test('a new one-time address opens in the tab that has lost its session, and in one that has a session', async ({
  web: app,
}) => {
  const { page } = app;
  await page.goto(`${app.origin}/`);
  await expect(new NoHost(page).heading).toHaveText(noSession);
  await page.goto(await app.host.oneTimeUrl('/settings'));
  await expect(new Shell(page).heading).toHaveText('Settings');
  await page.goto(await app.host.oneTimeUrl('/profiles'));
  await expect(new Shell(page).heading).toHaveText('Profiles');
});
