import { slipwayRole } from '#main/api/vsphere/role.ts';
import type { Command } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { printerFor, writeJson } from '../printer.ts';

export const vsphereRole: Command = {
  name: 'vsphere role',
  summary: 'The privileges that Slipway needs in vCenter, and on which objects; asks nobody',
  positionals: [],
  options: [{ name: 'govc', help: 'As a govc command that makes the role' }],
  details: ['Give this to whoever administers vCenter. "slipway plan" names what is still missing, object by object.'],
  run({ world, args }) {
    const role = slipwayRole();
    const printer = printerFor(world.stdout, world.env);
    const all = [...new Set(role.flatMap(({ privileges }) => privileges))].sort();
    if (args.flag('json')) writeJson(world.stdout, { type: 'role', role });
    else if (args.flag('govc')) printer.text(`govc role.create Slipway ${all.join(' ')}`);
    else {
      for (const { on, always, privileges } of role) {
        printer.text(`On ${on}${always ? '' : ' (only when used)'}:`);
        for (const privilege of privileges) printer.text(`  ${privilege}`);
      }
    }
    return Promise.resolve(exitCodes.ok.code);
  },
};
