import type { Command } from '../command.ts';
import { driveRun } from '../drive-run.ts';
import { withCluster } from '../session.ts';

export const resume: Command = {
  name: 'resume',
  summary: 'Go on with a run that was interrupted, left, cancelled or failed',
  positionals: ['cluster'],
  options: [
    { name: 'run', value: 'id', help: "The run (default: the cluster's last one)" },
    { name: 'accept-host-keys', help: 'Trust and pin host keys that are seen for the first time' },
  ],
  run(context) {
    const { world, args } = context;
    const run = args.text('run');
    return withCluster(context, (slipway, cluster) =>
      driveRun(
        world,
        { name: cluster, json: args.flag('json'), acceptHostKeys: args.flag('accept-host-keys') },
        (...rest) => slipway.resume({ cluster, ...(run === undefined ? {} : { run }) }, ...rest),
      ),
    );
  },
};
