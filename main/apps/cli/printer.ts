import type { ErrorData } from '#shared/errors/define.ts';
import { errorLines } from './render/error-lines.ts';
import { paint, table } from './render/line.ts';
import type { Line } from './render/line.ts';
import { symbolsFor } from './render/symbols.ts';
import type { Symbols } from './render/symbols.ts';
import type { Output, World } from './world.ts';

/** Writes for people: cut and coloured on a terminal, whole and plain elsewhere. */
export interface Printer {
  readonly symbols: Symbols;
  paint(line: Line): string;
  line(line: Line): void;
  text(text: string): void;
  table(rows: readonly (readonly string[])[]): void;
  error(error: ErrorData): void;
}

export function printerFor(output: Output, env: World['env']): Printer {
  const symbols = symbolsFor(env);
  const color = output.isTerminal && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
  const painted = (spans: Line) => paint(spans, { width: Infinity, color });
  const text = (line: string) => {
    output.write(`${line}\n`);
  };
  return {
    symbols,
    paint: (spans) => paint(spans, { width: output.isTerminal ? output.size().columns : Infinity, color }),
    // What stays on the screen is wrapped by the terminal rather than cut: nobody can scroll to the right.
    line: (spans) => {
      text(painted(spans));
    },
    text,
    table: (rows) => {
      for (const row of table(rows)) text(row);
    },
    error: (error) => {
      for (const spans of errorLines(error, symbols)) text(painted(spans));
    },
  };
}

/** One object per line: what `--json` promises. */
export function writeJson(output: Output, value: object): void {
  output.write(`${JSON.stringify(value)}\n`);
}
