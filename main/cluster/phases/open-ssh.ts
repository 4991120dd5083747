import { definePhase, done, type StepContext, todo } from '#main/engine/phase.ts';
import { preflightErrors } from '#shared/errors/preflight.ts';
import { problemCount, withProblems } from '#shared/errors/problems.ts';
import { type ClusterRun, machineNamed } from '../cluster.ts';
import type { MachineFacts } from '../machine-facts.ts';
import { sameFacts } from '../nodes/facts.ts';
import { preflight } from '../nodes/preflight.ts';

/** Connects to a machine, refuses it with all its problems at once, and records what it is. Changes nothing there. */
export const openSsh = definePhase<ClusterRun, { readonly machine: string }>({
  id: 'open-ssh',
  title: 'Open SSH',
  // The person waits for all that is wrong with all machines: after one connect deadline everything has been said.
  attempts: 1,
  async check(run, { machine }, context) {
    const known = await run.inventory.facts(machine);
    const facts = await fitMachine(run, machine, { known: known !== undefined, context });
    if (!known) return todo('never seen before');
    return sameFacts(known, facts) ? done('reachable, and as it was') : todo('it has changed since the last look');
  },
  async apply(run, { machine }, { signal }) {
    await run.inventory.putFacts(machine, await run.machines.inspect(machine, signal));
  },
  async verify(run, { machine }) {
    const recorded = await run.inventory.facts(machine);
    if (!recorded) throw new Error(`The facts of ${machine} were not recorded`); // a fault of the inventory
  },
});

/** @throws `preflight.machine_unfit` with every problem in its chain; the errors of the connection. */
async function fitMachine(
  run: ClusterRun,
  name: string,
  { known, context }: { readonly known: boolean; readonly context: StepContext },
): Promise<MachineFacts> {
  const facts = await run.machines.inspect(name, context.signal);
  const clockSkewMs = await run.machines.clockSkewMs(name, context.signal);
  const { errors, warnings } = preflight(run.cluster, machineNamed(run.cluster, name), { facts, clockSkewMs, known });
  warnings.forEach((warning) => context.warn(warning));
  if (errors.length === 0) return facts;
  throw withProblems(
    preflightErrors.machine_unfit({ machine: name, problems: problemCount(errors) }),
    errors.map(({ data }) => data),
  );
}
