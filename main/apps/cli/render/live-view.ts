import { endedCount } from '#shared/run/phase-status.ts';
import { phaseElapsedMs, runElapsedMs } from '#shared/run/timeline.ts';
import { stepsOf } from '#shared/run/view.ts';
import type { PhaseView, RunView, StepView } from '#shared/run/view.ts';
import { errorLines } from './error-lines.ts';
import { bad, dim, line, strong, warn } from './line.ts';
import type { Line } from './line.ts';
import { duration, plural, progress } from './quantity.ts';
import { statusSpan } from './symbols.ts';
import type { Symbols } from './symbols.ts';

export interface Look {
  /** Of the cluster, as the person knows it. */
  readonly name: string;
  /** Epoch ms. */
  readonly now: number;
  readonly rows: number;
  readonly symbols: Symbols;
  /** Last line of each step's log; what a step says when it has no progress to show. */
  readonly lastLog: ReadonlyMap<string, string>;
}

const stepsShown = 4;
const narrowestTitle = 24;

/**
 * The run as it is now. Pure: equal arguments give equal lines, so what a person sees can be tested.
 * @returns at most `rows` lines; what is over and what is still to come gives way first.
 */
export function liveView(view: RunView, look: Look): readonly Line[] {
  const titleWidth = Math.max(narrowestTitle, ...view.phases.map(({ title }) => [...title].length));
  const steps = Map.groupBy(stepsOf(view), ({ phase }) => phase);
  const blocks = view.phases.map((phase) => ({
    phase,
    lines: [phaseLine(phase, titleWidth, look), ...detailLines(steps.get(phase.id) ?? [], look)],
  }));
  const head = headLine(view, look);
  return [head, ...fit(blocks, look)];
}

function headLine(view: RunView, { name, now }: Look): Line {
  const state = view.status === 'cancelling' ? warn('  cancelling …') : '';
  const resumed = view.resumes > 0 ? dim(`  resumed`) : '';
  const done = `${String(endedCount(view.counts))}/${String(view.counts.total)}`;
  return line(
    strong(`${view.plan.operation} ${name}`),
    `  ${done}  ${duration(runElapsedMs(view, now))}`,
    resumed,
    state,
  );
}

function phaseLine(phase: PhaseView, titleWidth: number, { now, symbols }: Look): Line {
  const { counts, status } = phase;
  const title = phase.title.padEnd(titleWidth);
  const symbol = statusSpan(status, now, symbols);
  if (status === 'waiting') return line(' ', symbol, ' ', dim(title));
  const count = `${String(endedCount(counts))}/${String(counts.total)}`.padStart(7);
  const elapsed = duration(phaseElapsedMs(phase, now)).padStart(8);
  return line(
    ' ',
    symbol,
    ` ${title}${count}`,
    dim(elapsed),
    status === 'skipped' ? dim('  already so') : '',
    phase.attempt > 1 ? warn(`  attempt ${String(phase.attempt)}`) : '',
    counts.failed > 0 ? bad(`  ${plural(counts.failed, 'failed', 'failed')}`) : '',
  );
}

function detailLines(steps: readonly StepView[], look: Look): readonly Line[] {
  const failed = steps.flatMap((step) => (step.status === 'failed' ? failedLines(step.error, step, look) : []));
  const active = steps.flatMap((step) => activeLine(step, look) ?? []);
  const more = active.length - stepsShown;
  return [
    ...failed,
    ...active.slice(0, stepsShown),
    ...(more > 0 ? [line('     ', dim(`and ${String(more)} more`))] : []),
    ...steps.flatMap(({ target, warnings }) =>
      warnings.map(({ text }) => line('     ', warn(`! ${target.name}: ${text}`))),
    ),
  ];
}

function failedLines(
  error: Extract<StepView, { status: 'failed' }>['error'],
  { target }: StepView,
  { symbols }: Look,
): readonly Line[] {
  return errorLines({ ...error, target: error.target ?? target.name }, symbols, '     ');
}

function activeLine(step: StepView, { now, lastLog }: Look): readonly Line[] | undefined {
  const name = step.target.name;
  switch (step.status) {
    case 'retrying': {
      const left = duration(Math.max(0, step.nextTryAt - now));
      return [
        line('     ', name, warn(`  attempt ${String(step.attempt)} failed, next in ${left}: `), step.error.cause),
      ];
    }
    case 'checking':
    case 'applying':
    case 'verifying':
    case 'undoing':
      return [line('     ', name, dim(`  ${doing(step, lastLog.get(step.id))}`))];
    default:
      return undefined;
  }
}

type ActiveStep = Extract<StepView, { status: 'checking' | 'applying' | 'verifying' | 'undoing' }>;

function doing(step: ActiveStep, lastLog: string | undefined): string {
  const open = step.progress.filter(({ done, total }) => done < total);
  if (open.length > 0) {
    const first = open.slice(0, 2).map(progress).join(', ');
    return open.length > 2 ? `${first}, and ${String(open.length - 2)} more` : first;
  }
  if (step.status === 'undoing') return 'taking back what it had begun';
  if (step.status === 'applying') return lastLog ?? step.reason;
  return step.status === 'checking' ? 'looking' : (lastLog ?? 'waiting until it is so');
}

interface Block {
  readonly phase: PhaseView;
  readonly lines: readonly Line[];
}

/** Folds, in this order, until it fits: phases to come, phases that are over, details. */
function fit(blocks: readonly Block[], { rows, symbols, now }: Look): readonly Line[] {
  const room = Math.max(1, rows - 2); // the head, and the line on which the cursor stands
  const whole = blocks.flatMap(({ lines }) => lines);
  if (whole.length <= room) return whole;
  const isOver = ({ status }: PhaseView) => status === 'succeeded' || status === 'skipped';
  const over = blocks.filter(({ phase }) => isOver(phase));
  const toCome = blocks.filter(({ phase }) => phase.status === 'waiting');
  const rest = blocks.filter(({ phase }) => !isOver(phase) && phase.status !== 'waiting');
  const folded = (status: 'succeeded' | 'waiting', count: number, what: string): readonly Line[] =>
    count === 0 ? [] : [line(' ', statusSpan(status, now, symbols), dim(` ${plural(count, 'phase')} ${what}`))];
  const oneLineEach = (some: readonly Block[]) => some.flatMap(({ lines }) => lines.slice(0, 1));
  const overFolded = folded('succeeded', over.length, 'done');
  const toComeFolded = folded('waiting', toCome.length, 'to come');
  const candidates = [
    [...oneLineEach(over), ...rest.flatMap(({ lines }) => lines), ...toComeFolded],
    [...overFolded, ...rest.flatMap(({ lines }) => lines), ...toComeFolded],
    [...overFolded, ...oneLineEach(rest), ...toComeFolded],
  ];
  const fitting = candidates.find((lines) => lines.length <= room);
  return fitting ?? (candidates.at(-1) ?? []).slice(0, room);
}
