import PQueue from 'p-queue';
import type { ErrorData } from '#shared/errors/define.ts';
import { errorData } from '#shared/errors/define.ts';
import type { Json } from '#shared/json.ts';
import type { Target } from '#shared/run/events.ts';
import type { Concurrency } from './lanes.ts';
import { limitsOf } from './lanes.ts';
import type { Phase } from './phase.ts';
import { checkPlan, inOrder } from './plan-check.ts';
import type { Plan, PlannedStep } from './plan.ts';

/** What a run of the plan would do at one step. */
export type StepForecast =
  /** Already so: the run would skip it. */
  | { readonly kind: 'already'; readonly step: PlannedStep; readonly reason: string }
  | { readonly kind: 'will'; readonly step: PlannedStep; readonly reason: string }
  /** Could not be looked at yet, because these steps that it needs are still to be done. */
  | { readonly kind: 'after'; readonly step: PlannedStep; readonly behind: readonly string[] }
  /** Was not looked at, because the look at these steps that it needs failed. */
  | { readonly kind: 'unknown'; readonly step: PlannedStep; readonly behind: readonly string[] }
  /** A finding: the run would fail here. */
  | { readonly kind: 'error'; readonly step: PlannedStep; readonly error: ErrorData };

export interface PreviewOptions<Ports> {
  readonly plan: Plan;
  readonly phases: ReadonlyMap<string, Phase<Ports, Json>>;
  readonly ports: Ports;
  readonly concurrency: Concurrency;
  readonly signal: AbortSignal;
  onLog?(step: string, line: string): void;
  onWarning?(step: string, text: string): void;
}

/**
 * Looks at everything and changes nothing: only `check` is called, once per step, no retries.
 * @returns one forecast per step, in the plan's order.
 * @throws the plan's faults (see `checkPlan`) and the signal's reason. A failed look is a forecast, not an exception.
 */
export async function previewPlan<Ports>(options: PreviewOptions<Ports>): Promise<readonly StepForecast[]> {
  const { plan, phases, concurrency, signal } = options;
  checkPlan(plan, phases);
  const queues = createQueues(concurrency);
  const forecasts = new Map<string, Promise<StepForecast>>();
  for (const step of inOrder(plan.steps)) {
    const needs = step.needs.flatMap((id) => forecasts.get(id) ?? []);
    forecasts.set(
      step.id,
      Promise.all(needs).then((found) => forecast(options, step, found, queues)),
    );
  }
  const all = await Promise.all(plan.steps.flatMap(({ id }) => forecasts.get(id) ?? []));
  signal.throwIfAborted();
  return all;
}

async function forecast<Ports>(
  options: PreviewOptions<Ports>,
  step: PlannedStep,
  needs: readonly StepForecast[],
  queues: Queues,
): Promise<StepForecast> {
  const unseen = idsOf(needs, ['error', 'unknown']);
  if (unseen.length > 0) return { kind: 'unknown', step, behind: unseen };
  const pending = idsOf(needs, ['will', 'after']);
  try {
    const found = await queues.run(step, () => look(options, step));
    return { kind: found.kind === 'done' ? 'already' : 'will', step, reason: found.reason };
  } catch (thrown) {
    // Docker cannot be asked before it is installed: no fault of this step.
    if (pending.length > 0) return { kind: 'after', step, behind: pending };
    return { kind: 'error', step, error: errorData(thrown) };
  }
}

async function look<Ports>(options: PreviewOptions<Ports>, step: PlannedStep) {
  const { phases, ports, signal } = options;
  signal.throwIfAborted();
  const phase = phases.get(step.phase);
  if (!phase) throw new TypeError(`checkPlan let step ${step.id} through.`);
  return phase.check(ports, step.input, {
    signal,
    log: (line) => options.onLog?.(step.id, line),
    progress: () => undefined,
    warn: (text) => options.onWarning?.(step.id, text),
  });
}

function idsOf(forecasts: readonly StepForecast[], kinds: readonly StepForecast['kind'][]): readonly string[] {
  return forecasts.filter(({ kind }) => kinds.includes(kind)).map(({ step }) => step.id);
}

type Queues = ReturnType<typeof createQueues>;

function createQueues(concurrency: Concurrency) {
  const limits = limitsOf(concurrency);
  const queue = (kind: Target['kind']) => new PQueue({ concurrency: limits[kind] });
  const queues: Readonly<Record<Target['kind'], PQueue>> = {
    machine: queue('machine'),
    cluster: queue('cluster'),
    local: queue('local'),
    vcenter: queue('vcenter'),
  };
  return { run: <T>({ target }: PlannedStep, act: () => Promise<T>): Promise<T> => queues[target.kind].add(act) };
}
