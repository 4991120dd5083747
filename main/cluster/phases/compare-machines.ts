import PQueue from 'p-queue';
import { definePhase, done, type StepContext, todo } from '#main/engine/phase.ts';
import { preflightErrors } from '#shared/errors/preflight.ts';
import { problemCount, withProblems } from '#shared/errors/problems.ts';
import type { ClusterRun } from '../cluster.ts';
import { type ComparedMachine, compareMachines as compare } from '../nodes/compare-machines.ts';

/** Refuses machines that are each fine but do not fit together. Only looks; a machine that was away is left out. */
export const compareMachines = definePhase<ClusterRun, Record<string, never>>({
  id: 'compare-machines',
  title: 'Compare machines',
  async check(run, _input, context) {
    const machines = await look(run, context);
    const { errors, warnings } = compare(machines);
    warnings.forEach((warning) => context.warn(warning));
    if (errors.length > 0) {
      throw withProblems(
        preflightErrors.machines_clash({ problems: problemCount(errors) }),
        errors.map(({ data }) => data),
      );
    }
    return machines.length > 0 ? done('the machines fit together') : todo('no machine has been seen yet');
  },
  apply: () => Promise.resolve(),
  verify: () => Promise.resolve(),
});

async function look(run: ClusterRun, context: StepContext): Promise<readonly ComparedMachine[]> {
  const queue = new PQueue({ concurrency: run.cluster.spec.concurrency.machines });
  const looks = run.cluster.machines.map((machine) =>
    queue.add(async (): Promise<ComparedMachine | undefined> => {
      const facts = await run.inventory.facts(machine.name);
      if (!facts) return undefined;
      try {
        return { machine, facts, clockSkewMs: await run.machines.clockSkewMs(machine.name, context.signal) };
      } catch (error) {
        context.signal.throwIfAborted();
        // Its own step says why it is away; what was recorded of it can still be compared, all but its clock.
        context.log(`${machine.name} cannot be asked for its clock: ${error instanceof Error ? error.message : ''}`);
        return { machine, facts, clockSkewMs: 0 };
      }
    }),
  );
  return (await Promise.all(looks)).filter((found) => found !== undefined);
}
