import { diffLines } from 'diff';

/** This module brings the diff library with it: import it only when somebody looks at a difference. */

type DiffRow =
  | { readonly kind: 'same' | 'added' | 'removed'; readonly text: string; readonly key: string }
  /** So many lines that are alike. */
  | { readonly kind: 'gap'; readonly lines: number; readonly key: string };

/** Lines around a change that are shown, too. */
const around = 3;
/** A comparison of two texts that have little in common takes long and shows nothing. */
const mostMs = 2000;

/** What differs between two texts, line by line. Empty: nothing does. `undefined`: too much to be shown. */
export function diffRows(from: string, to: string): readonly DiffRow[] | undefined {
  const parts = diffLines(from, to, { timeout: mostMs });
  if (parts === undefined) return undefined;
  if (parts.every(({ added, removed }) => !added && !removed)) return [];
  return parts.flatMap(({ value, added, removed }, part): readonly DiffRow[] => {
    const lines = value.replace(/\n$/, '').split('\n');
    const row = (kind: 'same' | 'added' | 'removed') => (text: string, at: number) =>
      ({ kind, text, key: `${part}-${at}-${kind}` }) as const;
    if (added) return lines.map(row('added'));
    if (removed) return lines.map(row('removed'));
    const head = part === 0 ? 0 : around;
    const tail = part === parts.length - 1 ? 0 : around;
    const left = lines.length - head - tail;
    if (left <= 1) return lines.map(row('same'));
    return [
      ...lines.slice(0, head).map(row('same')),
      { kind: 'gap', lines: left, key: `${part}-gap` },
      ...lines.slice(lines.length - tail, lines.length).map((text, at) => row('same')(text, head + left + at)),
    ];
  });
}
