import type { Command } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { writeJson } from '../printer.ts';

export const version: Command = {
  name: 'version',
  summary: 'Print the version',
  positionals: [],
  options: [],
  async run({ world, args }) {
    if (args.flag('json')) writeJson(world.stdout, { type: 'version', slipway: world.version, node: process.version });
    else world.stdout.write(`slipway ${world.version}\n`);
    return exitCodes.ok.code;
  },
};
