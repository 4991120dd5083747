import { cliErrors } from '#shared/errors/cli.ts';
import { kubeconfigPath } from '../../kubeconfig-path.ts';
import type { Command } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { writeJson } from '../printer.ts';
import { withCluster } from '../session.ts';

export const kubeconfig: Command = {
  name: 'kubeconfig',
  summary: 'Print, save or merge the kubeconfig of a cluster',
  positionals: ['cluster'],
  options: [
    { name: 'output', short: 'o', value: 'file', help: 'Write it to this file, readable by you only' },
    {
      name: 'merge',
      value: 'path',
      valueOptional: true,
      help: 'Merge it into a file and lose nothing in there (default: the first of $KUBECONFIG, else ~/.kube/config)',
    },
    { name: 'switch', help: 'With --merge: make it the current context' },
  ],
  run(context) {
    const { world, args } = context;
    const [merge, output] = [args.text('merge'), args.text('output')];
    const problem = (option: string, text: string) =>
      cliErrors.option_value({ option, command: 'kubeconfig', problem: text });
    if (merge !== undefined && output !== undefined) throw problem('--output', 'does not go with --merge');
    if (merge === undefined && args.flag('switch')) throw problem('--switch', 'needs --merge');
    const json = args.flag('json');
    return withCluster(context, async (slipway, cluster) => {
      if (merge !== undefined) {
        const path = merge === '' ? kubeconfigPath(world.env) : merge;
        const contextName = await slipway.mergeKubeconfig(cluster, path, { switchContext: args.flag('switch') });
        if (json) writeJson(world.stdout, { type: 'kubeconfig', path, context: contextName });
        else world.stdout.write(`Merged into ${path} as context "${contextName}".\n`);
        return exitCodes.ok.code;
      }
      const text = await slipway.kubeconfig(cluster);
      if (output !== undefined) {
        await world.writePrivateFile(output, text);
        if (json) writeJson(world.stdout, { type: 'kubeconfig', path: output });
        else world.stdout.write(`Written to ${output}. Use it: kubectl --kubeconfig ${output} get nodes\n`);
      } else if (json) writeJson(world.stdout, { type: 'kubeconfig', kubeconfig: text });
      else world.stdout.write(text);
      return exitCodes.ok.code;
    });
  },
};
