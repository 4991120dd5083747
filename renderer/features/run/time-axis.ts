const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const steps = [1, 2, 5, 10, 15, 30]
  .flatMap((n) => [n * second, n * minute])
  .concat([1, 2, 3, 6, 12, 24].map((n) => n * hour));

/** Round times from 0 on, in ms, at most `most` of them within `spanMs`. */
export function ticks(spanMs: number, most = 7): readonly number[] {
  const sorted = steps.toSorted((a, b) => a - b);
  const every = sorted.find((step) => spanMs / step < most) ?? Math.ceil(spanMs / most / (24 * hour)) * 24 * hour;
  return Array.from({ length: Math.floor(spanMs / every) + 1 }, (_, at) => at * every);
}
