import type { Choice } from './inventory/choices.ts';
import { search } from './inventory/search.ts';

const shown = 3;

/** Paths of the choices that a person most probably meant, best first, a few at most; none when nothing is near. */
export function nearest(choices: readonly Choice[], text: string): readonly string[] {
  const wanted = plain(text.slice(text.lastIndexOf('/') + 1));
  if (wanted === '') return [];
  const containing = search(choices, wanted).map(({ path }) => path);
  const limit = Math.max(1, Math.floor(wanted.length / 3));
  const similar = choices
    .map(({ name, path }) => ({ path, distance: editDistance(wanted, plain(name)) }))
    .filter(({ distance }) => distance <= limit)
    .toSorted((a, b) => a.distance - b.distance || (a.path < b.path ? -1 : 1))
    .map(({ path }) => path);
  return [...new Set([...similar, ...containing])].slice(0, shown);
}

function plain(name: string): string {
  return name.toLowerCase();
}

/** Levenshtein distance. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min((previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, replaced));
    }
    previous = row;
  }
  return previous[b.length] ?? 0;
}
