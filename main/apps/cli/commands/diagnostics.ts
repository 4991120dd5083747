import { chooseCluster } from '../clusters.ts';
import type { Command } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { interruptible } from '../interruptible.ts';
import { printerFor, writeJson } from '../printer.ts';
import { requiredOption } from '../required.ts';
import { withSlipway } from '../session.ts';

export const diagnostics: Command = {
  name: 'diagnostics',
  summary: 'Write a file for somebody who helps: versions, specs, runs, errors and logs, without secrets',
  positionals: [],
  options: [
    { name: 'output', short: 'o', value: 'file.tar.gz', help: 'Where to write it, readable by you only' },
    { name: 'cluster', value: 'name', help: 'Of this cluster only' },
  ],
  details: [
    'Look into it before you give it away: addresses, names of machines and what programs wrote into logs are in it. Passwords, keys and tokens are taken out by value and by name.',
  ],
  run(context) {
    const { world, args } = context;
    const output = requiredOption(context, 'output', 'file.tar.gz', 'where to write it');
    const named = args.text('cluster');
    const home = args.text('home') ?? world.env['SLIPWAY_HOME'] ?? 'the default folder';
    return withSlipway(context, async (slipway) => {
      const cluster =
        named === undefined ? undefined : await chooseCluster(slipway, named, { command: context.command, home });
      const wish = { cluster, productVersion: world.version };
      const bundle = await interruptible(context, (signal) => slipway.diagnostics.bundle(wish, signal));
      await world.writePrivateFile(output, bundle.bytes);
      const { files, leftOut } = bundle;
      if (args.flag('json')) {
        writeJson(world.stdout, { type: 'diagnostics', path: output, files: files.map(({ name }) => name), leftOut });
      } else {
        const printer = printerFor(world.stdout, world.env);
        for (const { name } of files) printer.text(name);
        printer.text('Left out:');
        for (const sentence of leftOut) printer.text(`  ${sentence}`);
        printer.text(`Written to ${output}.`);
      }
      return exitCodes.ok.code;
    });
  },
};
