import { findCommand } from '../arguments.ts';
import { commonOptions } from '../command.ts';
import type { Command, Option } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { table } from '../render/line.ts';

/** Needs to know the others, so it is made from them. */
export function helpFor(commands: () => readonly Command[]): Command {
  return {
    name: 'help',
    summary: 'Show all commands, or one in detail',
    positionals: ['command', 'subcommand'],
    options: [],
    async run({ world, args }) {
      const words = args.positionals;
      const text = words.length === 0 ? overview(commands()) : commandHelp(findCommand(words, commands()).command);
      world.stdout.write(text);
      return exitCodes.ok.code;
    },
  };
}

export function overview(commands: readonly Command[]): string {
  return lines(
    'Slipway builds production Kubernetes clusters on vSphere, or on machines that you reach by SSH.',
    '',
    'Usage: slipway <command> [options]',
    '',
    ...table(commands.map(({ name, summary }) => [`  ${name}`, summary])),
    '',
    'Exit codes:',
    ...table(Object.values(exitCodes).map(({ code, meaning }) => [`  ${String(code)}`.padEnd(4), meaning])),
    '',
    'More about one command: slipway help <command>',
  );
}

export function commandHelp(command: Command): string {
  const positionals = command.positionals.map((name) => ` [${name}]`).join('');
  const section = (title: string, options: readonly Option[]) =>
    options.length === 0
      ? []
      : ['', title, ...table(options.map((option) => [`  ${optionName(option)}`, option.help]))];
  return lines(
    `${command.summary}.`,
    '',
    `Usage: slipway ${command.name}${positionals} [options]`,
    ...(command.details ?? []).flatMap((paragraph) => ['', paragraph]),
    ...section('Options:', command.options),
    ...section('For every command:', commonOptions),
  );
}

function optionName({ name, short, value, valueOptional }: Option): string {
  const placeholder = value === undefined ? '' : valueOptional === true ? `[=${value}]` : ` <${value}>`;
  return `${short === undefined ? '    ' : `-${short}, `}--${name}${placeholder}`;
}

function lines(...all: readonly string[]): string {
  return `${all.join('\n')}\n`;
}
