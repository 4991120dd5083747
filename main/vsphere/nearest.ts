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

/** Levenshtein distance, in which swapping two neighbours also counts as one. */
function editDistance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  const at = (row: number, column: number): number => rows[row]?.[column] ?? Infinity;
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    rows.push(row);
    for (let j = 1; j <= b.length; j++) {
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? at(i - 2, j - 2) + 1 : Infinity;
      const replaced = at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, replaced, swapped));
    }
  }
  return at(a.length, b.length);
}
