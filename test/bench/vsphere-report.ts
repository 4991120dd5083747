import { medianBy, seconds, table } from './report.ts';

/** One whole create of so many machines. */
export interface Made {
  readonly count: number;
  readonly requests: number;
  /** Of those, the ones in which nothing is asked and news is awaited. */
  readonly waits: number;
  readonly wallMs: number;
  /** Of our process, with all its threads; else it waited for vCenter, or for a processor. */
  readonly cpuMs: number;
  readonly prepareMs: number;
}

export interface Pair {
  /** Of each answer of vCenter. */
  readonly delayMs: number;
  readonly five: Made;
  readonly fifty: Made;
  readonly ratio: number;
  readonly load: number;
}

export const ratioLimit = 3;

/** @param measured The rounds of each delay. */
export function vsphereReport(measured: readonly (readonly Pair[])[]): string {
  return measured.map(oneDelay).join('\n\n');
}

function oneDelay(rounds: readonly Pair[]): string {
  const { delayMs, five, fifty, ratio } = medianBy(rounds, (pair) => pair.ratio);
  const row = (name: string, of: (made: Made) => string): string[] => [name, of(five), of(fifty)];
  const more = (fifty.requests - five.requests) / (fifty.count - five.count);
  return table([
    [`vCenter answers after ${String(delayMs)} ms`, '5 MACHINES', '50 MACHINES'],
    row('wall time', ({ wallMs }) => seconds(wallMs)),
    row('  until the first machine is begun', ({ prepareMs }) => seconds(prepareMs)),
    row('CPU time of our process', ({ cpuMs }) => seconds(cpuMs)),
    row('requests', ({ requests }) => String(requests)),
    row('  that wait for news', ({ waits }) => String(waits)),
    row('requests per machine', ({ requests, count }) => (requests / count).toFixed(1)),
    ['requests per machine more', '', more.toFixed(1)],
    ['ratio of the wall times, median', `limit ${String(ratioLimit)}`, ratio.toFixed(2)],
    ['  ratios', '', rounds.map((pair) => pair.ratio.toFixed(2)).join(' ')],
    ['load average at the starts', '', rounds.map((pair) => pair.load.toFixed(1)).join(' ')],
  ]);
}
