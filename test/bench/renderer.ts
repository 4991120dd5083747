// npm run bench:renderer [-- --rounds 20 --machines 1000 --log-lines 100000]: how long a person looks at nothing, and how
// smoothly a large run scrolls, in Chromium over the web host.
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { chromium, type Browser } from '@playwright/test';
import { Person } from '#test/cluster/support/person.ts';
import buildPages from '#test/e2e/build-pages.ts';
import { chromiumLaunch } from '#test/e2e/fixtures/chromium.ts';
import { WebHost } from '#test/e2e/fixtures/host.ts';
import { LargeRunStore } from './large-run-store.ts';
import { quantile } from './quantile.ts';
import { measureRunPage } from './run-page.ts';

interface Opened {
  readonly firstPaintMs: number;
  readonly firstContentMs: number;
  /** Until the page says what is there: the session was swapped, and the first operation has answered. */
  readonly readyMs: number;
}

const limitMs = 300;
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '20' },
    machines: { type: 'string', default: '1000' },
    'log-lines': { type: 'string', default: '100000' },
  },
});

await buildPages();
await using person = await Person.arrive();
await using host = await WebHost.start(person);
await using browser = await chromium.launch(chromiumLaunch);
await open(browser); // the first one also starts Chromium's own processes
const load = loadavg()[0] ?? 0;
const rounds: Opened[] = [];
for (let round = 0; round < Number(values.rounds); round++) rounds.push(await open(browser));

console.log(`${rounds.length} rounds, each with an empty cache; load average ${load.toFixed(1)}`);
row('first paint', 'firstPaintMs', `limit ${limitMs} ms`);
row('first content', 'firstContentMs');
row('the first page is ready', 'readyMs');

using runs = new LargeRunStore(person.home);
const size = { machines: Number(values.machines), logLines: Number(values['log-lines']) };
console.log(`\n${await measureRunPage(browser, host, runs, size)}`);

async function open(browser: Browser): Promise<Opened> {
  const page = await browser.newPage();
  await page.goto(await host.oneTimeUrl());
  await page.getByRole('heading', { name: 'Build your first cluster' }).waitFor();
  const opened = await page.evaluate<Opened>(`(() => {
    const paints = Object.fromEntries(performance.getEntriesByType('paint').map(({ name, startTime }) => [name, startTime]));
    return { firstPaintMs: paints['first-paint'], firstContentMs: paints['first-contentful-paint'], readyMs: performance.now() };
  })()`);
  await page.close();
  return opened;
}

function row(what: string, key: keyof Opened, note = ''): void {
  const all = rounds.map((round) => round[key]);
  const at = (part: number) => `${quantile(all, part).toFixed(0)} ms`;
  console.log(`${what.padEnd(26)} median ${at(0.5).padStart(7)}   p90 ${at(0.9).padStart(7)}   ${note}`);
}
