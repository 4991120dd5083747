import { stripVTControlCharacters } from 'node:util';

export type Tone = 'plain' | 'strong' | 'dim' | 'good' | 'bad' | 'warn' | 'busy';

export interface Span {
  readonly text: string;
  readonly tone: Tone;
}

/** One line of output before it is cut to the terminal's width and coloured. */
export type Line = readonly Span[];

const codes: Readonly<Record<Tone, string>> = {
  plain: '',
  strong: '\u001b[1m',
  dim: '\u001b[2m',
  good: '\u001b[32m',
  bad: '\u001b[31m',
  warn: '\u001b[33m',
  busy: '\u001b[36m',
};
const reset = '\u001b[0m';

export function line(...parts: readonly (string | Span)[]): Line {
  return parts.map((part) => (typeof part === 'string' ? { text: part, tone: 'plain' } : part));
}

const toned =
  (tone: Tone) =>
  (text: string): Span => ({ text, tone });
export const strong = toned('strong');
export const dim = toned('dim');
export const good = toned('good');
export const bad = toned('bad');
export const warn = toned('warn');
export const busy = toned('busy');

/**
 * The line as it goes to the terminal, cut at `width` with an ellipsis. Control characters are taken out: a line of a
 * machine's log must not move the cursor or recolour the rest.
 */
export function paint(spans: Line, { width, color }: { readonly width: number; readonly color: boolean }): string {
  const clean = spans.map(({ text, tone }) => ({ tone, letters: [...printable(text)] }));
  const total = clean.reduce((sum, { letters }) => sum + letters.length, 0);
  const cut = total > width;
  let left = cut ? Math.max(0, width - 1) : total;
  let painted = '';
  for (const { letters, tone } of clean) {
    const text = letters.slice(0, left).join('');
    left -= Math.min(left, letters.length);
    if (text !== '') painted += color && tone !== 'plain' ? `${codes[tone]}${text}${reset}` : text;
  }
  return cut ? `${painted}…` : painted;
}

export function printable(text: string): string {
  return stripVTControlCharacters(text)
    .replaceAll('\t', '  ')
    .replace(/\p{Cc}/gu, '');
}

/** Columns padded to their widest cell; the last one is left as it is. Numbers are not aligned: names come first. */
export function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, at) => {
      widths[at] = Math.max(widths[at] ?? 0, [...cell].length);
    });
  }
  return rows.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
