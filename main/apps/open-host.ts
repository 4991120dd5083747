import { openQuestions } from '#main/api/service/questions.ts';
import { openRunDriver, type RunDriver } from '#main/api/service/run-driver.ts';
import { createService } from '#main/api/service/service.ts';
import type { ServiceOptions } from '#main/api/service/service-options.ts';
import { createDispatcher, type Dispatcher } from '#main/rpc/dispatcher.ts';
import type { Fault } from '#main/rpc/failures.ts';

export interface HostOptions extends Omit<ServiceOptions, 'driver' | 'questions'> {
  readonly now: () => number;
  /** One line for whoever looks after the host. */
  readonly log: (line: string) => void;
}

/** The contract over one inventory, for whatever transport a host has, and the runs that this process drives. */
export interface Host {
  readonly dispatcher: Dispatcher;
  readonly driver: RunDriver;
  /** For faults of a connection. */
  readonly onFault: (fault: Fault) => void;
}

/** What the web host and the desktop application have in common. Whoever reaches it is the person who started it. */
export function openHost(options: HostOptions): Host {
  const { slipway, now, log } = options;
  const told = (what: string, thrown: unknown): void => {
    const text = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
    log(slipway.redact(`${new Date(now()).toISOString()} ${what}: ${text}`));
  };
  const questions = openQuestions(now);
  const driver = openRunDriver(questions, (thrown, run) => told(`run ${run.runId} of ${run.cluster}`, thrown));
  const service = createService({ ...options, driver, questions });
  return {
    dispatcher: createDispatcher({ service, allows: () => true }),
    driver,
    onFault: ({ correlationId, operation, thrown }) => told(`${correlationId} ${operation}`, thrown),
  };
}
