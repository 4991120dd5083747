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
  summary: 'Remove a cluster: destroy the machines that Slipway has made, clean those that were there before',
  positionals: ['cluster'],
  options: [
    { name: 'yes', short: 'y', help: 'Do not show what goes and ask first; needed where there is no terminal' },
    {
      name: 'forget-unreachable',
      help: 'Give up machines of spec.machines that cannot be reached, and name what stays there',
    },
  ],
  details: [
    'Only what was made for this cluster goes. Disks that somebody else attached to its machines are detached and kept.',
    'From machines that were there before (spec.machines) go its containers, pods, files, data, network devices and packet filter rules. Files that it had replaced come back. Docker, containerd and images stay.',
    'When a machine cannot be cleaned, the others are, and the cluster stays in the inventory: run it again.',
  ],
  run(context) {
    const { world, args } = context;
    const json = args.flag('json');
    const yes = args.flag('yes');
    return withCluster(context, async (slipway, cluster) => {
      if (!yes && (json || !world.canAsk)) throw cliErrors.approval_needed({ command: `down ${cluster}` });
      if (!yes) {
        const printer = printerFor(world.stdout, world.env);
        const { steps } = await slipway.planDown(cluster);
        for (const { id, changes } of steps) printer.text(`  ${id.slice(id.indexOf('/') + 1)}: ${changes}`);
        if (!isYes(await world.ask(`Remove ${cluster} with ${plural(steps.length, 'step')}? [y/N] `))) {
          printer.text('Nothing was removed.');
          return exitCodes.cancelled.code;
        }
      }
      return driveRun(world, { name: cluster, json, acceptHostKeys: false }, (...rest) =>
        slipway.down(cluster, { forgetUnreachable: args.flag('forget-unreachable') }, ...rest),
      );
    });
  },
};
