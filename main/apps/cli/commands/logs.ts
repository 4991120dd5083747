import type { Command } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { writeJson } from '../printer.ts';
import { printable } from '../render/line.ts';
import { withCluster } from '../session.ts';

export const logs: Command = {
  name: 'logs',
  summary: "Print the log of a cluster's run",
  positionals: ['cluster'],
  options: [
    { name: 'run', value: 'id', help: "The run (default: the cluster's last one)" },
    { name: 'step', value: 'id', help: 'Only this step, such as start-etcd/node-1' },
    { name: 'follow', help: 'Go on until the run ends' },
  ],
  async run(context) {
    const { world, args } = context;
    const [run, step] = [args.text('run'), args.text('step')];
    const json = args.flag('json');
    const stopped = new AbortController();
    const stopListening = world.onInterrupt(() => {
      stopped.abort();
    });
    try {
      await withCluster(context, (slipway, cluster) =>
        slipway.logs(
          {
            cluster,
            ...(run === undefined ? {} : { run }),
            ...(step === undefined ? {} : { step }),
            follow: args.flag('follow'),
          },
          (entry) => {
            if (json) writeJson(world.stdout, { type: 'log', ...entry });
            else world.stdout.write(`${new Date(entry.at).toISOString()}  ${entry.step}  ${printable(entry.line)}\n`);
          },
          stopped.signal,
        ),
      );
    } catch (thrown) {
      if (!stopped.signal.aborted) throw thrown; // the person has seen enough
    } finally {
      stopListening();
    }
    return exitCodes.ok.code;
  },
};
