import { parseArgs } from 'node:util';
import { cliErrors } from '#shared/errors/cli.ts';
import { commonOptions } from './command.ts';
import type { Arguments, Command, Option } from './command.ts';
import { didYouMean } from './suggest.ts';

/**
 * Finds the command that the words begin with, two-word names first.
 * @throws `cli.unknown_command`
 */
export function findCommand(
  words: readonly string[],
  commands: readonly Command[],
): { readonly command: Command; readonly rest: readonly string[] } {
  const [first = '', second = ''] = words;
  const two = commands.find(({ name }) => name === `${first} ${second}`);
  if (two) return { command: two, rest: words.slice(2) };
  const one = commands.find(({ name }) => name === first);
  if (one) return { command: one, rest: words.slice(1) };
  const names = commands.map(({ name }) => name);
  const asked = names.some((name) => name.startsWith(`${first} `)) ? `${first} ${second}`.trim() : first;
  throw cliErrors.unknown_command({ command: asked, suggestion: didYouMean(asked, names, 'slipway ') });
}

/** @throws `cli.*` for everything that this command does not know. */
export function parseArguments(command: Command, argv: readonly string[]): Arguments {
  const options = [...command.options, ...commonOptions];
  const { tokens } = parseArgs({
    args: argv.map((word) => withEmptyValue(word, options)),
    options: Object.fromEntries(options.map((option) => [option.name, parserOption(option)])),
    allowPositionals: true,
    strict: false, // parseArgs' own errors know no suggestions; the tokens say as much
    tokens: true,
  });
  const texts = new Map<string, string>();
  const flags = new Set<string>();
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const option = options.find(({ name }) => name === token.name);
    if (!option) throw unknownOption(command, token.rawName, options);
    if (option.value === undefined) {
      if (token.value !== undefined) throw optionValue(command, token.rawName, 'takes no value');
      flags.add(option.name);
      continue;
    }
    if (token.value === undefined || (token.value === '' && option.valueOptional !== true)) {
      throw optionValue(command, token.rawName, `needs a value: ${token.rawName} <${option.value}>`);
    }
    // The person forgot the value and the next option was taken for it. A real one can be given as --name=-value.
    if (!token.inlineValue && /^-./.test(token.value)) {
      throw optionValue(command, token.rawName, `needs a value: ${token.rawName} <${option.value}>`);
    }
    texts.set(option.name, token.value);
  }
  const excess = positionals[command.positionals.length];
  if (excess !== undefined) throw cliErrors.too_many_arguments({ argument: excess, command: command.name });
  return { flag: (name) => flags.has(name), text: (name) => texts.get(name), positionals };
}

function parserOption({ short, value }: Option) {
  const type = value === undefined ? ('boolean' as const) : ('string' as const);
  return { type, ...(short === undefined ? {} : { short }) };
}

/** `--merge` alone would swallow the word after it. */
function withEmptyValue(word: string, options: readonly Option[]): string {
  return options.some(({ name, valueOptional }) => valueOptional === true && word === `--${name}`) ? `${word}=` : word;
}

function unknownOption(command: Command, rawName: string, options: readonly Option[]) {
  const suggestion = didYouMean(
    rawName.replace(/^-+/, ''),
    options.map(({ name }) => name),
    '--',
  );
  return cliErrors.unknown_option({ option: rawName, command: command.name, suggestion });
}

function optionValue(command: Command, option: string, problem: string) {
  return cliErrors.option_value({ option, command: command.name, problem });
}
