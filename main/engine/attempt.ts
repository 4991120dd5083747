import { engineErrors } from '#shared/errors/engine.ts';
import type { Json } from '#shared/json.ts';
import type { Progress } from '#shared/run/events.ts';
import type { Clock } from './clock.ts';
import type { Phase, StepContext } from './phase.ts';
import type { PlannedStep } from './plan.ts';

export interface AttemptOptions<Ports> {
  readonly phase: Phase<Ports, Json>;
  readonly step: PlannedStep;
  readonly ports: Ports;
  readonly clock: Clock;
  /** Aborts the attempt. The attempt itself aborts it when the phase's deadline has passed. */
  readonly controller: AbortController;
  /**
   * An earlier attempt of this run began to apply. Then "already so" may be our own half-done work, and it counts only
   * after verify saw it.
   */
  readonly appliedBefore: boolean;
  /** Journals the intent. It has reached the disk when this resolves. */
  onApplying(reason: string): Promise<void>;
  onVerifying(): void;
  onLog(line: string): void;
  onProgress(progress: Progress): void;
  onWarning(text: string): void;
}

export type AttemptEnd =
  | { readonly kind: 'skipped'; readonly reason: string }
  | { readonly kind: 'succeeded' }
  /** `overdue`: the deadline has passed, and `error` says so. */
  | { readonly kind: 'threw'; readonly error: unknown; readonly overdue: boolean };

/** One attempt at one step: check, apply, verify. Never rejects. */
export async function attemptStep<Ports>(options: AttemptOptions<Ports>): Promise<AttemptEnd> {
  const { phase, step, controller } = options;
  const deadline = armDeadline(options);
  const open = openContext(options);
  try {
    return await checkApplyVerify(options, open.context);
  } catch (thrown) {
    if (!deadline.passed()) return { kind: 'threw', error: thrown, overdue: false };
    const withinSeconds = (phase.deadlineMs?.(step.input) ?? 0) / 1000;
    const cause = thrown === controller.signal.reason ? {} : { cause: thrown };
    return { kind: 'threw', error: engineErrors.step_deadline({ step: step.id, withinSeconds }, cause), overdue: true };
  } finally {
    deadline.disarm();
    open.close();
  }
}

async function checkApplyVerify<Ports>(options: AttemptOptions<Ports>, context: StepContext): Promise<AttemptEnd> {
  const { phase, ports, step } = options;
  const found = await phase.check(ports, step.input, context);
  if (found.kind === 'done' && !options.appliedBefore) return { kind: 'skipped', reason: found.reason };
  context.signal.throwIfAborted();
  if (found.kind === 'todo') {
    await options.onApplying(found.reason);
    context.signal.throwIfAborted();
    await phase.apply(ports, step.input, context);
    context.signal.throwIfAborted();
  }
  options.onVerifying();
  await phase.verify(ports, step.input, context);
  return { kind: 'succeeded' };
}

/** What a phase says after its attempt has ended (a forgotten promise) is dropped: the journal has moved on. */
function openContext<Ports>(options: AttemptOptions<Ports>) {
  let isOpen = true;
  const context: StepContext = {
    signal: options.controller.signal,
    log: (line) => {
      if (isOpen) options.onLog(line);
    },
    progress: (progress) => {
      if (isOpen) options.onProgress(progress);
    },
    warn: (text) => {
      if (isOpen) options.onWarning(text);
    },
  };
  return { context, close: () => void (isOpen = false) };
}

function armDeadline<Ports>({ phase, step, clock, controller }: AttemptOptions<Ports>) {
  const withinMs = phase.deadlineMs?.(step.input);
  if (withinMs === undefined) return { passed: () => false, disarm: () => undefined };
  const timer = new AbortController();
  let passed = false;
  clock.sleep(withinMs, timer.signal).then(
    () => {
      if (controller.signal.aborted) return;
      passed = true;
      controller.abort(engineErrors.step_deadline({ step: step.id, withinSeconds: withinMs / 1000 }));
    },
    // Disarmed: the attempt has ended in time.
    () => undefined,
  );
  return {
    passed: () => passed,
    disarm: () => {
      timer.abort();
    },
  };
}
