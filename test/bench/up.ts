import type { Ended, Person } from '#test/cluster/support/person.ts';
import type { RunEvent, RunMetrics } from '#shared/run/events.ts';
import { initialView, reduce } from '#shared/run/reducer.ts';
import type { RunView } from '#shared/run/view.ts';

export interface MeasuredUp {
  /** From the start of the process to its end, as the person waits. */
  readonly elapsedMs: number;
  /** Before the run's first event: Node, the modules, the spec, the inventory. */
  readonly beforeRunMs: number;
  readonly afterRunMs: number;
  readonly view: RunView;
  readonly metrics: RunMetrics;
}

/** `slipway up` as a child process. @throws with all it said when it fails. */
export async function measureUp(person: Person, specFile: string): Promise<MeasuredUp> {
  const ended = await person.succeed('up', '--file', specFile, '--yes', '--json');
  const endedAt = Date.now();
  const view = eventsOf(ended).reduce(reduce, initialView());
  const { metrics, startedAt } = view;
  if (!metrics || startedAt === undefined) throw new Error(`slipway up printed no whole run:\n${ended.stderr}`);
  return {
    elapsedMs: endedAt - ended.startedAt,
    beforeRunMs: startedAt - ended.startedAt,
    afterRunMs: endedAt - view.at,
    view,
    metrics,
  };
}

function eventsOf({ lines }: Ended): readonly RunEvent[] {
  return lines.flatMap((line) => (line.type === 'event' ? [line.event] : []));
}
