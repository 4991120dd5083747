import { cliErrors } from '#shared/errors/cli.ts';
import type { CommandContext } from './command.ts';

/** The argument at this place. @throws `cli.missing_argument` */
export function requiredArgument(
  { args, command }: CommandContext,
  at: number,
  argument: string,
  purpose: string,
): string {
  const value = args.positionals[at];
  if (value === undefined || value === '') throw cliErrors.missing_argument({ command, argument, purpose });
  return value;
}

/** @throws `cli.missing_option` */
export function requiredOption(
  { args, command }: CommandContext,
  name: string,
  value: string,
  purpose: string,
): string {
  const given = args.text(name);
  if (given === undefined) throw cliErrors.missing_option({ option: `--${name} <${value}>`, command, purpose });
  return given;
}
