import { loadavg } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { Locator, Page } from '@playwright/test';
import { quantile } from './quantile.ts';

/** What a person sees of movement: how long each picture stood, and what held the page up. */
export interface Frames {
  readonly intervalsMs: readonly number[];
  /** Of 50 ms and more, as browsers count them. */
  readonly longTasksMs: readonly number[];
  /** Of the page's main thread: what a busy computer does not change much. */
  readonly cpuMs: number;
  readonly load: number;
}

/** Of a wheel, in Chromium. */
const notchPx = 120;
/** At 60 pictures a second. */
const frameMs = 1000 / 60;

export const limits = { p95Ms: 34, longTaskMs: 200 } as const;

/** Frames of the page while `act` goes on, in real time. */
export async function framesWhile(page: Page, act: () => Promise<void>): Promise<Frames> {
  const load = loadavg()[0] ?? 0;
  await page.evaluate(`(() => {
    const seen = { intervals: [], tasks: [], on: true };
    const tasks = new PerformanceObserver((list) => seen.tasks.push(...list.getEntries().map((task) => task.duration)));
    tasks.observe({ type: 'longtask' });
    let last;
    const frame = (at) => {
      if (last !== undefined) seen.intervals.push(at - last);
      last = at;
      if (seen.on) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    window.benchFrames = () => {
      seen.on = false;
      seen.tasks.push(...tasks.takeRecords().map((task) => task.duration));
      tasks.disconnect();
      return { intervalsMs: seen.intervals, longTasksMs: seen.tasks };
    };
  })()`);
  await using thread = await mainThread(page);
  await act();
  const cpuMs = await thread.cpuMs();
  const seen = await page.evaluate<Pick<Frames, 'intervalsMs' | 'longTasksMs'>>('window.benchFrames()');
  return { ...seen, cpuMs, load };
}

interface MainThread extends AsyncDisposable {
  /** Since the beginning. */
  cpuMs(): Promise<number>;
}

async function mainThread(page: Page): Promise<MainThread> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const tasksMs = async (): Promise<number> => {
    const { metrics } = await session.send('Performance.getMetrics');
    return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? NaN);
  };
  const before = await tasksMs();
  return {
    cpuMs: async () => (await tasksMs()) - before,
    [Symbol.asyncDispose]: () => session.detach(),
  };
}

/** Turns the wheel over it as fast as a person can: thirty notches a second, 3 600 px. @throws when nothing moved. */
export async function wheel(page: Page, over: Locator, notches: number): Promise<void> {
  const box = await over.boundingBox();
  if (!box) throw new Error('There is nothing to turn the wheel over.');
  await page.mouse.move(box.x + box.width / 2, box.y + Math.min(box.height, 600) / 2);
  await moves(page, () => repeat(notches, () => page.mouse.wheel(0, notchPx)));
}

/** Holds a key down: it comes again as often as keyboards repeat it. @throws when nothing moved. */
export async function holdKey(page: Page, key: string, times: number): Promise<void> {
  await moves(page, () => repeat(times, () => page.keyboard.press(key)));
}

/** No faster than thirty times a second; the same way on every computer, so that CPU times can be compared. */
async function repeat(times: number, act: () => Promise<void>): Promise<void> {
  for (let time = 0; time < times; time += 1) await Promise.all([act(), delay(33)]);
}

/** Scrolls that nobody sees would be measured as very smooth ones. */
async function moves(page: Page, act: () => Promise<void>): Promise<void> {
  const places = (): Promise<string> =>
    page.evaluate<string>(`[...document.querySelectorAll('*')].map(({ scrollTop }) => scrollTop).join()`);
  const before = await places();
  await act();
  if ((await places()) === before) throw new Error('Nothing moved.');
}

export function framesRow(what: string, { intervalsMs, longTasksMs, cpuMs, load }: Frames): readonly string[] {
  const ms = (value: number): string => value.toFixed(0);
  // A picture that stood for three frames stood in place of two others.
  const dropped = intervalsMs.reduce((sum, interval) => sum + Math.max(0, Math.round(interval / frameMs) - 1), 0);
  const shown = intervalsMs.length + dropped;
  return [
    what,
    ms(quantile(intervalsMs, 0.5)),
    ms(quantile(intervalsMs, 0.95)),
    ms(Math.max(...intervalsMs)),
    `${((100 * dropped) / shown).toFixed(0)} %`,
    String(longTasksMs.length),
    longTasksMs.length === 0 ? '' : ms(Math.max(...longTasksMs)),
    ms(cpuMs),
    load.toFixed(1),
  ];
}

export const framesHead = [
  'frames in ms',
  'MEDIAN',
  'P95',
  'WORST',
  'DROPPED',
  'LONG TASKS',
  'LONGEST',
  'CPU',
  'LOAD',
] as const;
