import { request as httpRequest } from 'node:http';
import { OtherSite } from '../../fixtures/other-site.ts';
import { expect, test } from '../../fixtures/test.ts';
import { NoHost } from '../../pages/no-host.ts';
import { Shell } from '../../pages/shell.ts';

test('the pages run no script that somebody gets into them, and make no code from text', async ({ web: app, seen }) => {
  await app.open();
  await app.page.evaluate(`(() => {
    const inline = document.createElement('script');
    inline.textContent = 'globalThis.inlineRan = true';
    document.body.append(inline);
    const handler = document.createElement('div');
    handler.innerHTML = '<img src="./nothing.png" onerror="globalThis.handlerRan = true">';
    document.body.append(handler);
  })()`);
  // As code of the page does: what the test itself evaluates is not bound by the policy.
  await app.page.evaluate(`new Promise((resolve) => {
    const made = document.createElement('a');
    made.href = 'javascript:globalThis.linkRan = true';
    document.body.append(made);
    made.click();
    setTimeout(resolve, 0);
  })`);
  expect(await app.page.evaluate('[globalThis.inlineRan, globalThis.handlerRan, globalThis.linkRan]')).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  expect(seen.complaints.length, 'each of them was refused by the policy').toBeGreaterThanOrEqual(3);
  seen.forget();
});

test('the pages can send nothing to another address', async ({ web: app, seen }) => {
  await using other = await OtherSite.start();
  await app.open();
  const target = JSON.stringify(other.origin);
  const outcomes = await app.page.evaluate(`Promise.all([
    fetch(${target} + '/fetch').then(() => 'sent', () => 'refused'),
    new Promise((resolve) => {
      const image = new Image();
      image.onload = () => resolve('sent');
      image.onerror = () => resolve('refused');
      image.src = ${target} + '/image';
    }),
    new Promise((resolve) => {
      const script = document.createElement('script');
      script.onload = () => resolve('sent');
      script.onerror = () => resolve('refused');
      script.src = ${target} + '/script';
      document.body.append(script);
    }),
    new Promise((resolve) => {
      document.addEventListener('securitypolicyviolation', (event) => {
        if (event.effectiveDirective === 'form-action') resolve('refused');
      });
      const form = document.createElement('form');
      form.action = ${target} + '/form';
      form.method = 'post';
      document.body.append(form);
      form.submit();
    }),
    Promise.resolve(navigator.sendBeacon(${target} + '/beacon')).then(() => 'refused'),
  ])`);
  expect(outcomes).toEqual(['refused', 'refused', 'refused', 'refused', 'refused']);
  expect(other.asked).toEqual([]);
  seen.forget();
});

test('a page elsewhere cannot frame the application', async ({ web: app, browser }) => {
  const frame = `<!doctype html><title>other</title><iframe src="${await app.host.oneTimeUrl()}"></iframe>`;
  await using other = await OtherSite.start(frame);
  const page = await browser.newPage();
  const refused = page.waitForEvent('console', (message) => message.text().includes('frame-ancestors'));
  await page.goto(other.origin);
  await refused;
  await expect(page.frameLocator('iframe').getByRole('heading', { name: 'Clusters' })).toHaveCount(0);
});

test('a page elsewhere that opens the application loses sight of its window', async ({ web: app, browser }) => {
  await using other = await OtherSite.start('<!doctype html><title>other</title><button>Open</button>');
  const page = await browser.newPage();
  await page.goto(other.origin);
  const opener = `document.querySelector('button').onclick = () => { globalThis.opened = open('${app.origin}'); }`;
  await page.evaluate(opener);
  const opening = page.waitForEvent('popup');
  await page.getByRole('button').click();
  await expect(new NoHost(await opening).heading).toHaveText('This page has no session');
  await expect.poll(() => page.evaluate('globalThis.opened.closed'), { message: 'as if it were closed' }).toBe(true);
});

test('a page elsewhere can make no request that is answered', async ({ web: app, browser }) => {
  await using other = await OtherSite.start();
  const page = await browser.newPage();
  await page.goto(other.origin);
  const token = await app.host.token();
  const outcome = await page.evaluate(`fetch(${JSON.stringify(`${app.origin}/session`)}, {
    method: 'POST',
    mode: 'no-cors',
    headers: { 'content-type': 'text/plain' },
    body: JSON.stringify({ token: ${JSON.stringify(token)} }),
  }).then((answer) => answer.type, () => 'refused')`);
  expect(['opaque', 'refused']).toContain(outcome);
  expect(await app.host.token(), 'the token was not used up').toBe(token);
});

const foreign = [
  { what: 'a host name that is not this computer', headers: { host: 'slipway.example' }, code: 'web.wrong_host' },
  { what: 'another origin', headers: { origin: 'http://127.0.0.1:1' }, code: 'web.wrong_origin' },
  { what: 'another site', headers: { 'sec-fetch-site': 'cross-site' }, code: 'web.wrong_origin' },
];
for (const { what, headers, code } of foreign) {
  test(`a request from ${what} is refused before anything is read`, async ({ web: app }) => {
    const answer = await post(`${app.origin}/session`, { 'content-type': 'application/json', ...headers });
    expect(answer).toMatchObject({ status: 403, code });
  });
}

test('the application does not follow a link that leads elsewhere', async ({ web: app }) => {
  await app.open('//example.org/');
  await expect(new Shell(app.page).heading).toHaveText('There is no such page');
  expect(new URL(app.page.url()).origin).toBe(app.origin);
});

test('names of a hostile inventory stay text', async ({ web: app }) => {
  await app.open(`/clusters/${encodeURIComponent('<img src=x onerror=alert(1)>')}`);
  await expect(new Shell(app.page).heading).toHaveText('<img src=x onerror=alert(1)>');
  await expect(app.page.getByRole('main').getByRole('img')).toHaveCount(0);
});

/** Node's own client: a browser sets these headers by itself. */
function post(url: string, headers: Readonly<Record<string, string>>) {
  return new Promise<{ readonly status: number | undefined; readonly code: string }>((resolve, reject) => {
    const request = httpRequest(url, { method: 'POST', headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () => resolve({ status: response.statusCode, code: JSON.parse(text).error.code }));
    });
    request.on('error', reject).end('{}');
  });
}
