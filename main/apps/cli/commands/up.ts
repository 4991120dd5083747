import type { Interaction } from '#main/api/runs/interaction.ts';
import type { PlanResult } from '#main/api/runs/plan-run.ts';
import type { SpecSource } from '#main/api/runs/run-document.ts';
import type { Slipway } from '#main/api/slipway.ts';
import { cliErrors } from '#shared/errors/cli.ts';
import type { Command, CommandContext } from '../command.ts';
import { driveRun } from '../drive-run.ts';
import { exitCodes } from '../exit-codes.ts';
import type { ExitCode } from '../exit-codes.ts';
import { hostKeyInteraction, isYes } from '../host-keys.ts';
import { exitCodeOfPlan, planChanges, printPlan } from '../plan-output.ts';
import { printerFor, writeJson } from '../printer.ts';
import { withSlipway } from '../session.ts';
import { readSpecFile, specFileOption } from '../spec-file.ts';

export const up: Command = {
  name: 'up',
  summary: 'Create the cluster of a spec, or bring it up to date',
  positionals: [],
  options: [
    specFileOption,
    { name: 'yes', short: 'y', help: 'Do not show the plan and ask first; needed where there is no terminal' },
    { name: 'accept-host-keys', help: 'Trust and pin host keys that are seen for the first time' },
  ],
  details: [
    'On a terminal the plan is shown first and asked about. Running it again with the same spec changes nothing.',
    'Ctrl-C cancels in order: what has begun ends first. A second Ctrl-C leaves at once; "slipway resume" goes on.',
  ],
  async run(context) {
    const { world, args } = context;
    const spec = await readSpecFile(context);
    const json = args.flag('json');
    const yes = args.flag('yes');
    if (!yes && (json || !world.canAsk)) throw cliErrors.approval_needed({ command: `up -f ${spec.path}` });
    return withSlipway(context, async (slipway) => {
      const { warnings } = await slipway.readSpec(spec.source);
      const printer = printerFor(world.stdout, world.env);
      for (const warning of warnings) {
        if (json) writeJson(world.stdout, { type: 'warning', text: warning });
        else printer.text(`! ${warning}`);
      }
      const acceptHostKeys = args.flag('accept-host-keys');
      const options = { name: spec.name, json, acceptHostKeys };
      if (yes) {
        return driveRun(world, options, (...rest) => slipway.up(spec.source, ...rest));
      }
      const interaction = hostKeyInteraction(world, printer, { accept: acceptHostKeys, json });
      const stop = await approve(context, slipway, spec.source, interaction);
      if (stop !== undefined) return stop;
      return driveRun(world, { ...options, interaction }, (...rest) => slipway.up(spec.source, ...rest));
    });
  },
};

/** @returns the exit code when the person does not want it or it cannot work; `undefined` to go on. */
async function approve(
  { world }: CommandContext,
  slipway: Slipway,
  source: SpecSource,
  interaction: Interaction,
): Promise<ExitCode | undefined> {
  const printer = printerFor(world.stdout, world.env);
  const stopped = new AbortController();
  const stopListening = world.onInterrupt(() => {
    stopped.abort();
  });
  let result: PlanResult;
  try {
    printer.text('Looking at the machines …');
    result = await slipway.plan(source, interaction, stopped.signal);
  } finally {
    stopListening();
  }
  printPlan(printer, result);
  const fault = exitCodeOfPlan(result);
  if (fault !== exitCodes.ok.code) return fault;
  if (planChanges(result) === 0) return undefined; // the run only looks again; there is nothing to approve
  if (isYes(await world.ask('Go on? [y/N] '))) return undefined;
  printer.text('Nothing was changed.');
  return exitCodes.cancelled.code;
}
