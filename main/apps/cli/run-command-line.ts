import { errorData } from '#shared/errors/define.ts';
import { findCommand, parseArguments } from './arguments.ts';
import { commands } from './commands.ts';
import { commandHelp } from './commands/help.ts';
import { exitCodeOfError, exitCodes } from './exit-codes.ts';
import type { ExitCode } from './exit-codes.ts';
import { printerFor, writeJson } from './printer.ts';
import type { World } from './world.ts';

/** The whole command line: words in, exit code out. Never throws. */
export async function runCommandLine(argv: readonly string[], world: World): Promise<ExitCode> {
  try {
    const { command, rest } = findCommand(withAliases(argv), commands);
    if (rest.some((word) => word === '--help' || word === '-h')) {
      world.stdout.write(commandHelp(command));
      return exitCodes.ok.code;
    }
    return await command.run({ command: command.name, world, args: parseArguments(command, rest) });
  } catch (thrown) {
    const error = errorData(thrown);
    const exitCode = exitCodeOfError(error);
    if (argv.includes('--json')) writeJson(world.stdout, { type: 'error', error, exitCode });
    else printerFor(world.stderr, world.env).error(error);
    if (argv.includes('--debug') && thrown instanceof Error) world.stderr.write(`${thrown.stack ?? ''}\n`);
    return exitCode;
  }
}

/** What people type before they know that these are commands. */
function withAliases(argv: readonly string[]): readonly string[] {
  const [first, ...rest] = argv;
  if (first === undefined || first === '--help' || first === '-h') return ['help', ...rest];
  if (first === '--version' || first === '-v' || first === '-V') return ['version', ...rest];
  return argv;
}
