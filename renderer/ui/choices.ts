/** One of what a person can choose from. */
export interface Choice {
  readonly value: string;
  readonly label: string;
  /** What helps to choose, below the label. It is searched too. */
  readonly detail?: string | undefined;
}

/**
 * Those that have every word somewhere, in any case, in the order given.
 * @param most no more rows than these: `left` says how many there were besides
 */
export function found<C extends Choice>(
  choices: readonly C[],
  words: string,
  most: number,
): { readonly shown: readonly C[]; readonly left: number } {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const good = choices.filter(({ label, detail = '' }) => {
    const text = `${label} ${detail}`.toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
  return { shown: good.slice(0, most), left: Math.max(0, good.length - most) };
}
