import type { ExitCode } from './exit-codes.ts';
import type { World } from './world.ts';

export interface Option {
  /** Long name without dashes. */
  readonly name: string;
  readonly short?: string;
  /** What the value is, in help: `file`. An option without is a switch. */
  readonly value?: string;
  /** The value may be left out (`--merge` or `--merge=path`). */
  readonly valueOptional?: boolean;
  readonly help: string;
}

/** What the person typed after the command's name. */
export interface Arguments {
  flag(name: string): boolean;
  /** '' for an option whose value is optional and was left out. */
  text(name: string): string | undefined;
  readonly positionals: readonly string[];
}

export interface CommandContext {
  /** The command's own name. */
  readonly command: string;
  readonly world: World;
  readonly args: Arguments;
}

/** One command as data: help, parsing and docs come from it. */
export interface Command {
  /** One or two words: `up`, `release list`. */
  readonly name: string;
  readonly summary: string;
  /** Names of the arguments that are no options, all of them optional: `cluster`. */
  readonly positionals: readonly string[];
  readonly options: readonly Option[];
  /** More for `slipway help <command>`, one paragraph per entry. */
  readonly details?: readonly string[];
  run(context: CommandContext): Promise<ExitCode>;
}

export const commonOptions: readonly Option[] = [
  { name: 'json', help: 'Machine-readable output: one JSON object per line' },
  { name: 'home', value: 'folder', help: 'Folder of the inventory (default: $SLIPWAY_HOME, else in your data folder)' },
  { name: 'debug', help: 'Add stack traces to errors' },
  { name: 'help', short: 'h', help: 'Show help for this command' },
];
