import type { Place } from './grid-moves.ts';

/** Of a cell's button in the page. @param prefix of its grid */
export function cellId(prefix: string, { row, column }: Place): string {
  return `${prefix}-${row}-${column}`;
}

/** Where the cell is that this element is in or is; `undefined` outside of all cells. */
export function placeOf(element: EventTarget | null): Place | undefined {
  const id = element instanceof Element ? element.closest('button')?.id : undefined;
  const [row, column] = (id ?? '').split('-').slice(-2).map(Number);
  return row === undefined || column === undefined || Number.isNaN(row + column) ? undefined : { row, column };
}
