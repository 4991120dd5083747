import { cliErrors } from '#shared/errors/cli.ts';
import type { CommandContext, Option } from './command.ts';

export const passwordFileOption: Option = {
  name: 'password-file',
  value: 'file',
  help: 'Read the password from its first line; "-" is standard input. Else $SLIPWAY_PASSWORD, else it is asked for',
};

/** Where the password comes from, when one was given without asking. Never an argument: those everybody can see. */
export function givenPassword({ world, args }: CommandContext): (() => Promise<string>) | undefined {
  const file = args.text(passwordFileOption.name);
  const variable = world.env['SLIPWAY_PASSWORD'];
  if (file !== undefined) return () => firstLine(world, file);
  return variable === undefined || variable === '' ? undefined : async () => variable;
}

/** The given one, or what the person types. @throws `cli.missing_option` where nobody can be asked. */
export function passwordOrAsk(context: CommandContext, whose: string): () => Promise<string> {
  const { world, args, command } = context;
  const given = givenPassword(context);
  if (given) return given;
  if (!args.flag('json') && world.canAsk) return () => world.askSecret(`Password of ${whose}: `);
  const purpose = 'there is no terminal to ask for the password on';
  throw cliErrors.missing_option({ option: '--password-file <file> or $SLIPWAY_PASSWORD', command, purpose });
}

export async function firstLine(world: CommandContext['world'], path: string): Promise<string> {
  const text = await world.readText(path);
  return text.split(/\r?\n/, 1)[0] ?? '';
}
