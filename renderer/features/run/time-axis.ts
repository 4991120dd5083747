import { duration } from '#renderer/lib/format/duration.ts';
import { m } from '#renderer/messages/catalogue.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const steps = [1, 2, 5, 10, 15, 30]
  .flatMap((n) => [n * second, n * minute])
  .concat([1, 2, 3, 6, 12, 24].map((n) => n * hour))
  .toSorted((a, b) => a - b);

/** The widest label, `3 min 30 s`, with room before the next one. */
const labelPx = 72;

/** Round times from 0 on, in ms, at most `most` of them within `spanMs`. */
export function ticks(spanMs: number, most = 7): readonly number[] {
  const every = steps.find((step) => spanMs / step < most) ?? Math.ceil(spanMs / most / (24 * hour)) * 24 * hour;
  return Array.from({ length: Math.floor(spanMs / every) + 1 }, (_, at) => at * every);
}

/** How many labels have room side by side; no whole number. */
export function mostTicks(widthPx: number): number {
  return Math.max(1, widthPx / labelPx);
}

/** `4 min`, not `4 min 00 s`: what it says is round. */
export function tickLabel(ms: number): string {
  if (ms > 0 && ms % hour === 0) return m.run.hours(ms / hour);
  if (ms > 0 && ms < hour && ms % minute === 0) return m.run.minutes(ms / minute);
  return duration(ms);
}
