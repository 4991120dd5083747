import { cliErrors } from '#shared/errors/cli.ts';
import type { Command } from '../command.ts';
import { driveRun } from '../drive-run.ts';
import { exitCodes } from '../exit-codes.ts';
import { isYes } from '../host-keys.ts';
import { printerFor } from '../printer.ts';
import { plural } from '../render/quantity.ts';
import { withCluster } from '../session.ts';

export const down: Command = {
  name: 'down',
  summary: 'Remove a cluster whose machines Slipway has made: VMs, disks, boot images, folders, rules, tags',
  positionals: ['cluster'],
  options: [
    { name: 'yes', short: 'y', help: 'Do not show what goes and ask first; needed where there is no terminal' },
  ],
  details: [
    'Only what was made for this cluster goes. Disks that somebody else attached to its machines are detached and kept.',
    'Machines that were there before (spec.machines) are left as they are.',
  ],
  run(context) {
    const { world, args } = context;
    const json = args.flag('json');
    const yes = args.flag('yes');
    return withCluster(context, async (slipway, cluster) => {
      if (!yes && (json || !world.canAsk)) throw cliErrors.approval_needed({ command: `down ${cluster}` });
      if (!yes) {
        const printer = printerFor(world.stdout, world.env);
        const { steps, left } = await slipway.planDown(cluster);
        for (const { id, changes } of steps) printer.text(`  ${id.slice(id.indexOf('/') + 1)}: ${changes}`);
        if (left.length > 0) printer.text(`  Left as they are, because they were there before: ${left.join(', ')}`);
        if (!isYes(await world.ask(`Remove ${cluster} with ${plural(steps.length, 'step')}? [y/N] `))) {
          printer.text('Nothing was removed.');
          return exitCodes.cancelled.code;
        }
      }
      return driveRun(world, { name: cluster, json, acceptHostKeys: false }, (...rest) =>
        slipway.down(cluster, ...rest),
      );
    });
  },
};
