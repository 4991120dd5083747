/** `0.3 s`, `59 s`, `3 min 05 s`, `2 h 07 min`. @param ms negative ones, of clocks that disagree, count as 0 */
export function duration(ms: number): string {
  if (ms > 0 && ms < 1000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.floor(Math.max(0, ms) / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${twoDigits(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${twoDigits(minutes % 60)} min`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
