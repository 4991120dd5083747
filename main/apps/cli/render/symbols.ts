import type { PhaseStatus } from '#shared/run/view.ts';
import { bad, busy, dim, good, warn } from './line.ts';
import type { Span } from './line.ts';

export interface Symbols {
  readonly spinner: readonly string[];
  readonly done: string;
  readonly already: string;
  readonly failed: string;
  readonly stopped: string;
  readonly waiting: string;
  readonly hint: string;
}

const unicode: Symbols = {
  spinner: ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'],
  done: '✔',
  already: '=',
  failed: '✖',
  stopped: '■',
  waiting: '·',
  hint: '→',
};

const ascii: Symbols = {
  spinner: ['|', '/', '-', '\\'],
  done: '+',
  already: '=',
  failed: 'x',
  stopped: '#',
  waiting: '.',
  hint: '->',
};

/** Letters that the terminal can show, by the variables that say so (locale(7)). */
export function symbolsFor(env: Readonly<Record<string, string | undefined>>): Symbols {
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find((value) => value !== undefined && value !== '');
  const isUnicode = locale === undefined || /utf-?8/i.test(locale);
  return isUnicode && env['TERM'] !== 'linux' ? unicode : ascii;
}

const frameMs = 100;

export function statusSpan(status: PhaseStatus, now: number, symbols: Symbols): Span {
  switch (status) {
    case 'running':
      return busy(symbols.spinner[Math.floor(now / frameMs) % symbols.spinner.length] ?? '');
    case 'succeeded':
      return good(symbols.done);
    case 'skipped':
      return good(symbols.already);
    case 'failed':
      return bad(symbols.failed);
    case 'blocked':
    case 'cancelled':
      return warn(symbols.stopped);
    case 'waiting':
      return dim(symbols.waiting);
  }
}
