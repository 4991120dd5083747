/** Where in a grid; both from 0. */
export interface Place {
  readonly row: number;
  readonly column: number;
}

const pageRows = 10;

/**
 * Where a key leads, as in any grid of WAI-ARIA; `undefined` of a key that leads nowhere. Places without a step are
 * passed over.
 */
export function moveBy(
  key: string,
  from: Place,
  rows: readonly { readonly steps: readonly unknown[] }[],
): Place | undefined {
  const columns = rows[from.row]?.steps.length ?? 0;
  switch (key) {
    case 'ArrowRight':
      return search(rows, { row: from.row, column: from.column + 1 }, 0, 1);
    case 'ArrowLeft':
      return search(rows, { row: from.row, column: from.column - 1 }, 0, -1);
    case 'Home':
      return search(rows, { row: from.row, column: 0 }, 0, 1);
    case 'End':
      return search(rows, { row: from.row, column: columns - 1 }, 0, -1);
    case 'ArrowDown':
      return search(rows, { row: from.row + 1, column: from.column }, 1, 0);
    case 'ArrowUp':
      return search(rows, { row: from.row - 1, column: from.column }, -1, 0);
    case 'PageDown':
      return search(rows, { row: Math.min(rows.length - 1, from.row + pageRows), column: from.column }, -1, 0);
    case 'PageUp':
      return search(rows, { row: Math.max(0, from.row - pageRows), column: from.column }, 1, 0);
    default:
      return undefined;
  }
}

function search(
  rows: readonly { readonly steps: readonly unknown[] }[],
  from: Place,
  down: number,
  right: number,
): Place | undefined {
  for (let { row, column } = from; ; row += down, column += right) {
    const steps = rows[row]?.steps;
    if (!steps || column < 0 || column >= steps.length) return undefined;
    if (steps[column] !== undefined) return { row, column };
  }
}
