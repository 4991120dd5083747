import { cliErrors } from '#shared/errors/cli.ts';
import type { Command } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { writeJson } from '../printer.ts';
import { withCluster } from '../session.ts';

export const cancel: Command = {
  name: 'cancel',
  summary: 'Ask the process that works on a cluster to cancel its run',
  positionals: ['cluster'],
  options: [],
  run(context) {
    const { world, args } = context;
    return withCluster(context, async (slipway, cluster) => {
      if (!(await slipway.cancel(cluster))) throw cliErrors.nobody_drives({ cluster });
      if (args.flag('json')) writeJson(world.stdout, { type: 'cancelling', cluster });
      else world.stdout.write(`Asked to cancel: what has begun ends first. Watch it with: slipway status ${cluster}\n`);
      return exitCodes.ok.code;
    });
  },
};
