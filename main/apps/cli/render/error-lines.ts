import type { ErrorData } from '#shared/errors/define.ts';
import { bad, dim, line } from './line.ts';
import type { Line } from './line.ts';
import type { Symbols } from './symbols.ts';

/** What happened, on which object, what to do, why, and the last lines that explain it. Never a stack. */
export function errorLines(error: ErrorData, symbols: Symbols, indent = ''): readonly Line[] {
  const named = error.target !== undefined && !error.cause.includes(error.target);
  return [
    line(indent, bad(`${symbols.failed} ${named ? `${error.target ?? ''}: ` : ''}${error.cause}`)),
    ...paragraph(error.hint, `${indent}  ${symbols.hint} `),
    ...error.chain.flatMap((reason) => chainLines(reason, symbols, `${indent}  `)),
    ...outputLines(error, `${indent}  `),
    line(indent, dim(`  (${error.code})`)),
  ];
}

function chainLines(reason: ErrorData, symbols: Symbols, indent: string): readonly Line[] {
  const target = reason.target !== undefined && !reason.cause.includes(reason.target) ? `${reason.target}: ` : '';
  // What came from below us (an errno, a parser) has no hint of its own, only the general one.
  const foreign = reason.code === 'internal.unexpected';
  const hint = foreign ? '' : reason.hint;
  const cause = foreign ? reason.cause.replace(/^Unexpected error: /, '') : reason.cause;
  return [
    line(indent, `- ${target}${cause}`),
    ...paragraph(hint, `${indent}    ${symbols.hint} `),
    ...outputLines(reason, `${indent}    `),
  ];
}

/** The stack of an unexpected error travels in `lastLines`; it is for --debug and the run log. */
function outputLines(error: ErrorData, indent: string): readonly Line[] {
  if (error.code === 'internal.unexpected') return [];
  return (error.lastLines ?? []).map((text) => line(indent, dim(`| ${text}`)));
}

function paragraph(text: string, prefix: string): readonly Line[] {
  if (text === '') return [];
  return text.split('\n').map((part, at) => line(at === 0 ? prefix : ' '.repeat(prefix.length), part));
}
