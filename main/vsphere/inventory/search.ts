import type { Choice } from './choices.ts';

/**
 * The choices that have every word of the text somewhere in their path, whatever its case. Those whose name begins with
 * the text come first; otherwise the order stays.
 */
export function search<T extends Choice>(choices: readonly T[], text: string): readonly T[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return choices;
  const words = wanted.split(/\s+/);
  const found = choices.filter(({ path, name }) => {
    const where = `${path}\n${name}`.toLowerCase();
    return words.every((word) => where.includes(word));
  });
  const begins = ({ name }: T): boolean => name.toLowerCase().startsWith(wanted);
  return [...found.filter(begins), ...found.filter((choice) => !begins(choice))];
}

/** One choice by what a spec names it: its path, its managed object id, or a name that only one has. */
export function byNameOrPath<T extends Choice>(choices: readonly T[], text: string): readonly T[] {
  const exact = choices.filter(({ path, ref }) => path === text || ref.id === text);
  return exact.length > 0 ? exact : choices.filter(({ name }) => name === text);
}
