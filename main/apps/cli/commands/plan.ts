import type { Command } from '../command.ts';
import { hostKeyInteraction } from '../host-keys.ts';
import { exitCodeOfPlan, printPlan } from '../plan-output.ts';
import { printerFor, writeJson } from '../printer.ts';
import { withSlipway } from '../session.ts';
import { readSpecFile, specFileOption } from '../spec-file.ts';

export const plan: Command = {
  name: 'plan',
  summary: 'Show what "up" would change, and change nothing',
  positionals: [],
  options: [
    specFileOption,
    { name: 'accept-host-keys', help: 'Look at machines whose host keys are seen for the first time, too' },
  ],
  async run(context) {
    const { world, args } = context;
    const spec = await readSpecFile(context);
    const json = args.flag('json');
    const printer = printerFor(world.stdout, world.env);
    const stopped = new AbortController();
    const stopListening = world.onInterrupt(() => {
      stopped.abort();
    });
    try {
      return await withSlipway(context, async (slipway) => {
        const interaction = hostKeyInteraction(world, printer, { accept: args.flag('accept-host-keys'), json });
        const result = await slipway.plan(spec.source, interaction, stopped.signal);
        const exitCode = exitCodeOfPlan(result);
        if (json) writeJson(world.stdout, { type: 'plan', ...result, plan: undefined, exitCode });
        else printPlan(printer, result);
        return exitCode;
      });
    } finally {
      stopListening();
    }
  },
};
