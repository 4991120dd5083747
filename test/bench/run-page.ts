import { loadavg } from 'node:os';
import type { Browser, Page } from '@playwright/test';
import type { WebHost } from '#test/e2e/fixtures/host.ts';
import { RunPage } from '#test/e2e/pages/run-page.ts';
import { framesHead, framesRow, framesWhile, holdKey, limits, wheel } from './frames.ts';
import type { DrivenRun, LargeRunStore } from './large-run-store.ts';
import { seconds, table } from './report.ts';

export interface Size {
  readonly machines: number;
  readonly logLines: number;
}

const scrolls = 120;
/** So many events a second come in of a run that is under way: a thousand machines that begin at the same time. */
const eventsPerTick = 30;
const tickMs = 100;

type Row = readonly string[];

/** A run of a thousand machines as a person looks at it: opened, scrolled when it has ended and while it goes on. */
export async function measureRunPage(
  browser: Browser,
  host: WebHost,
  runs: LargeRunStore,
  size: Size,
): Promise<string> {
  const rows: Row[] = [await floor(browser)];
  const ended = runs.finished('ended', size.machines, size.logLines);
  const opened: Row[] = [];
  {
    const page = await newPage(browser);
    opened.push(...(await open(page, host, ended, 'ended', size.logLines, rows)));
    rows.push(...(await scrollAll(page, '')));
    await page.close();
  }
  {
    using driven = runs.driven('driven', size.machines);
    driven.goOn(10 * size.machines);
    const page = await newPage(browser);
    opened.push(...(await open(page, host, driven.runId, 'under way', 0, rows)));
    using _ = goingOn(driven);
    rows.push(...(await scrollAll(page, ', events come in')));
    await page.close();
  }
  return [
    `A run on ${size.machines} machines, ${size.logLines} lines of log`,
    table([['until it is there', 'TIME', 'LOAD'], ...opened]),
    '',
    table([framesHead, ...rows]),
    `  limits: p95 ${limits.p95Ms} ms, longest task ${limits.longTaskMs} ms`,
  ].join('\n');
}

/** A page that has nothing but text to show: what this computer can do at all now. */
async function floor(browser: Browser): Promise<Row> {
  const page = await newPage(browser);
  await page.setContent(`<main>${'<p>a line of plain text</p>'.repeat(5000)}</main>`);
  const frames = await framesWhile(page, () => wheel(page, page.locator('body'), scrolls));
  await page.close();
  return framesRow('plain text, wheel', frames);
}

async function open(
  page: Page,
  host: WebHost,
  runId: string,
  what: string,
  logLines: number,
  rows: Row[],
): Promise<readonly Row[]> {
  const load = (loadavg()[0] ?? 0).toFixed(1);
  const url = await host.oneTimeUrl(`/runs/${runId}`);
  const startedAt = performance.now();
  const took = (): string => seconds(performance.now() - startedAt);
  const seen: Row[] = [];
  await page.goto(url);
  await new RunPage(page).progress.waitFor();
  seen.push([`the run, ${what}`, took(), load]);
  if (logLines > 0) {
    const count = page.getByText(`${logLines} lines`, { exact: true });
    rows.push(framesRow('log, while it is read', await framesWhile(page, () => count.waitFor({ timeout: 120_000 }))));
    seen.push(['  all lines of its log', took(), load]);
  }
  return seen;
}

async function scrollAll(page: Page, note: string): Promise<readonly Row[]> {
  const run = new RunPage(page);
  const rows: Row[] = [];
  const measure = async (what: string, act: () => Promise<void>): Promise<void> => {
    rows.push(framesRow(`${what}${note}`, await framesWhile(page, act)));
  };
  if (note === '') {
    const log = page.getByRole('log', { name: 'Log' });
    await log.focus();
    await page.keyboard.press('Home');
    await measure('log, wheel', () => wheel(page, log, scrolls));
    await measure('log, Page Up', () => holdKey(page, 'PageUp', scrolls));
  }
  await measure('matrix, opened', async () => {
    await run.show('Machines');
    await run.matrix.getByRole('rowheader').first().waitFor();
  });
  await measure('matrix, wheel', () => wheel(page, run.matrix.getByRole('row').nth(3), scrolls));
  await run.matrix.getByRole('button').nth(40).focus();
  await measure('matrix, arrow down', () => holdKey(page, 'ArrowDown', scrolls));
  await measure('time line, opened', async () => {
    await run.show('Time line');
    await run.timeline.waitFor();
  });
  const list = run.timeline.locator('[tabindex="0"]');
  await measure('time line, wheel', () => wheel(page, list, scrolls));
  await list.focus();
  await measure('time line, Page Up', () => holdKey(page, 'PageUp', scrolls));
  return rows;
}

function newPage(browser: Browser): Promise<Page> {
  return browser.newPage({ viewport: { width: 1280, height: 800 }, locale: 'en-GB', timezoneId: 'UTC' });
}

function goingOn(driven: DrivenRun): Disposable {
  const timer = setInterval(() => driven.goOn(eventsPerTick), tickMs);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
