export interface Piece {
  readonly text: string;
  readonly found: boolean;
}

/** The line cut where it has the words, in any case. Joined, the pieces are the line. */
export function piecesOf(line: string, words: string): readonly Piece[] {
  if (words === '') return [{ text: line, found: false }];
  const haystack = line.toLowerCase();
  const needle = words.toLowerCase();
  // A letter whose small form is longer ("İ") would shift what is marked.
  if (haystack.length !== line.length) return [{ text: line, found: false }];
  const pieces: Piece[] = [];
  let from = 0;
  for (let at = haystack.indexOf(needle); at !== -1; at = haystack.indexOf(needle, from)) {
    if (at > from) pieces.push({ text: line.slice(from, at), found: false });
    from = at + needle.length;
    pieces.push({ text: line.slice(at, from), found: true });
  }
  if (from < line.length || pieces.length === 0) pieces.push({ text: line.slice(from), found: false });
  return pieces;
}
