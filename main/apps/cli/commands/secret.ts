import { cliErrors } from '#shared/errors/cli.ts';
import { secretErrors } from '#shared/errors/secrets.ts';
import type { Command, CommandContext } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { printerFor, writeJson } from '../printer.ts';
import { requiredArgument } from '../required.ts';
import { withSlipway } from '../session.ts';

export const secretList: Command = {
  name: 'secret list',
  summary: 'List the names of the secrets in the inventory',
  positionals: [],
  options: [],
  run(context) {
    const { world, args } = context;
    return withSlipway(context, async (slipway) => {
      const secrets = await slipway.secrets.list();
      const printer = printerFor(world.stdout, world.env);
      if (args.flag('json')) writeJson(world.stdout, { type: 'secrets', secrets });
      else if (secrets.length === 0) printer.text('No secrets yet. Keep one: slipway secret put <name> --from <file>');
      else for (const secret of secrets) printer.text(secret.name);
      return exitCodes.ok.code;
    });
  },
};

export const secretPut: Command = {
  name: 'secret put',
  summary: 'Seal a value in the inventory, for specs to name as vault:<name>',
  positionals: ['name'],
  options: [
    { name: 'from', value: 'file', help: 'The file that holds the value; "-" is standard input. Else it is asked for' },
    { name: 'replace', help: 'Replace the secret of that name' },
  ],
  details: [
    'The value is never an argument: other users of this computer could read it there. One line break at its end is cut off. Nothing prints it again.',
  ],
  async run(context) {
    const { world, args } = context;
    const secret = requiredArgument(context, 0, 'name', 'what specs call it');
    const value = await valueOf(context, secret);
    return withSlipway(context, async (slipway) => {
      await slipway.secrets.put(secret, value, { replace: args.flag('replace') });
      if (args.flag('json')) writeJson(world.stdout, { type: 'secret', name: secret });
      else world.stdout.write(`Sealed. A spec names it as vault:${secret}\n`);
      return exitCodes.ok.code;
    });
  },
};

export const secretRemove: Command = {
  name: 'secret remove',
  summary: 'Remove a secret that no cluster and no profile names',
  positionals: ['name'],
  options: [],
  run(context) {
    const { world, args } = context;
    const secret = requiredArgument(context, 0, 'name', 'which secret');
    return withSlipway(context, async (slipway) => {
      await slipway.secrets.remove(secret);
      if (args.flag('json')) writeJson(world.stdout, { type: 'secret-removed', name: secret });
      else world.stdout.write(`Removed the secret ${secret}.\n`);
      return exitCodes.ok.code;
    });
  },
};

/** @throws `cli.missing_option` where nobody can be asked, `secret.empty` */
async function valueOf({ world, args, command }: CommandContext, secret: string): Promise<string> {
  const file = args.text('from');
  if (file === undefined && (args.flag('json') || !world.canAsk)) {
    const purpose = 'there is no terminal to ask for the value on';
    throw cliErrors.missing_option({ option: '--from <file>', command, purpose });
  }
  const value = file === undefined ? await world.askSecret(`Value of ${secret}: `) : await world.readText(file);
  const cut = value.replace(/\r?\n$/, '');
  if (cut === '') throw secretErrors.empty({ reference: `vault:${secret}` });
  return cut;
}
