/** The gutter as one text, however many lines there are: a mark stands before those that have a problem. */
export function lineNumbers(text: string, marked: ReadonlySet<number>): string {
  const count = text.split('\n').length;
  const width = String(count).length;
  return Array.from({ length: count }, (_, at) => {
    const number = at + 1;
    return `${marked.has(number) ? '▸' : ' '}${String(number).padStart(width)}`;
  }).join('\n');
}

/** From and to of a line, counted in UTF-16 units as a text area does. @param line from 1 */
export function lineRange(text: string, line: number): readonly [number, number] {
  let from = 0;
  for (let at = 1; at < line; at += 1) {
    const next = text.indexOf('\n', from);
    if (next === -1) break;
    from = next + 1;
  }
  const end = text.indexOf('\n', from);
  return [from, end === -1 ? text.length : end];
}
