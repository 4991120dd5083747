import type { ClusterRun } from '#main/cluster/cluster.ts';
import type { Phase } from '#main/engine/phase.ts';
import { errorData, type ErrorData } from '#shared/errors/define.ts';
import type { Json } from '#shared/json.ts';

/** A step's context that keeps what the person would see. */
export function testContext() {
  const warnings: string[] = [];
  const lines: string[] = [];
  const context = {
    signal: new AbortController().signal,
    log: (line: string) => void lines.push(line),
    progress: () => undefined,
    warn: (text: string) => void warnings.push(text),
  };
  return { context, warnings, lines };
}

/** As the runner does it: check, and where something is to be done apply and verify. Answers how it ended. */
export async function runPhase<Input extends Json>(
  phase: Phase<ClusterRun, Input>,
  ports: ClusterRun,
  input: Input,
): Promise<{ readonly outcome: string; readonly error?: ErrorData; readonly warnings: readonly string[] }> {
  const { context, warnings } = testContext();
  try {
    const found = await phase.check(ports, input, context);
    if (found.kind === 'done') return { outcome: `skipped: ${found.reason}`, warnings };
    await phase.apply(ports, input, context);
    await phase.verify(ports, input, context);
    return { outcome: 'done', warnings };
  } catch (error) {
    const data = errorData(error);
    return { outcome: data.code, error: data, warnings };
  }
}
