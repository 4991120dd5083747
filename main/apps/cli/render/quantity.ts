import type { Progress } from '#shared/run/events.ts';

/** `0.4 s`, `12 s`, `3:07`, `1:02:03`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${String(whole)} s`;
  const two = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours === 0 ? `${String(minutes)}:${two(whole % 60)}` : `${String(hours)}:${two(minutes)}:${two(whole % 60)}`;
}

/** Decimal units, as registries and disks count: `512 B`, `23 MB`, `1.4 GB`. */
export function bytes(count: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = count;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const text = unit > 0 && value < 9.95 ? value.toFixed(1) : String(Math.round(value));
  return `${text} ${units[unit] ?? ''}`;
}

/** `kube-apiserver 23 MB of 140 MB`. */
export function progress({ label, done, total, unit }: Progress): string {
  switch (unit) {
    case 'bytes':
      return `${label} ${bytes(done)} of ${bytes(total)}`;
    case 'objects':
      return `${label} ${String(done)} of ${String(total)}`;
    case 'percent':
      return `${label} ${String(Math.round(total === 0 ? 0 : (100 * done) / total))} %`;
  }
}

/** `1 machine`, `2 machines`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${String(count)} ${count === 1 ? one : many}`;
}
