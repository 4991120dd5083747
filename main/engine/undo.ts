import { errorData } from '#shared/errors/define.ts';
import { engineErrors } from '#shared/errors/engine.ts';
import type { Json } from '#shared/json.ts';
import type { Clock } from './clock.ts';
import type { Phase, StepContext } from './phase.ts';
import type { PlannedStep } from './plan.ts';

/** Of one undo: whoever cancelled waits for it. */
const undoWithinMs = 30_000;

export interface UndoOptions<Ports> {
  readonly phase: Phase<Ports, Json>;
  readonly step: PlannedStep;
  readonly ports: Ports;
  readonly clock: Clock;
  /** Aborts the undo: the run is being left, or (by this function) the time is up. */
  readonly controller: AbortController;
  onLog(line: string): void;
}

/** Never rejects. Answers a sentence for the person when something could not be taken back. */
export async function undoStep<Ports>(options: UndoOptions<Ports>): Promise<string | undefined> {
  const { phase, step, ports, clock, controller } = options;
  const timer = new AbortController();
  const warnings: string[] = [];
  const context: StepContext = {
    signal: controller.signal,
    log: (line) => options.onLog(line),
    progress: () => undefined,
    warn: (text) => void warnings.push(text),
  };
  clock.sleep(undoWithinMs, timer.signal).then(
    () => controller.abort(engineErrors.step_deadline({ step: step.id, withinSeconds: undoWithinMs / 1000 })),
    // Ended in time.
    () => undefined,
  );
  try {
    await phase.undo?.(ports, step.input, context);
  } catch (thrown) {
    warnings.push(`What it had begun could not be taken back: ${errorData(thrown).cause}`);
  } finally {
    timer.abort();
  }
  return warnings.length > 0 ? warnings.join(' ') : undefined;
}
