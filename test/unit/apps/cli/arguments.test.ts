import { describe, expect, it } from 'vitest';
import { findCommand, parseArguments } from '#main/apps/cli/arguments.ts';
import { commands } from '#main/apps/cli/commands.ts';
import { commonOptions } from '#main/apps/cli/command.ts';
import { SlipwayError } from '#shared/errors/define.ts';

function parse(...words: readonly string[]) {
  const { command, rest } = findCommand(words, commands);
  return parseArguments(command, rest);
}

function errorOf(...words: readonly string[]) {
  try {
    parse(...words);
  } catch (thrown) {
    if (thrown instanceof SlipwayError) return { code: thrown.code, cause: thrown.message };
    throw thrown;
  }
  return undefined;
}

describe('the command line', () => {
  it('takes options before and after arguments, short and long', () => {
    const args = parse('kubeconfig', '-o', 'a.yaml', 'home', '--json');
    expect([args.text('output'), args.positionals, args.flag('json')]).toEqual(['a.yaml', ['home'], true]);
  });

  it('finds commands of two words', () => {
    expect(findCommand(['release', 'list', '--json'], commands)).toMatchObject({
      command: { name: 'release list' },
      rest: ['--json'],
    });
  });

  it('lets an optional value be left out without swallowing the next word', () => {
    const args = parse('kubeconfig', '--merge', 'home');
    expect([args.text('merge'), args.positionals]).toEqual(['', ['home']]);
    expect(parse('kubeconfig', '--merge=/tmp/config').text('merge')).toBe('/tmp/config');
  });

  it.each([
    { words: ['upp'], code: 'cli.unknown_command', says: 'Did you mean slipway up?' },
    { words: ['release'], code: 'cli.unknown_command', says: 'Did you mean slipway release list?' },
    { words: ['up', '--flie', 'x'], code: 'cli.unknown_option', says: 'Did you mean --file?' },
    { words: ['up', '-x'], code: 'cli.unknown_option', says: 'has no option -x.' },
    { words: ['plan', '--yes'], code: 'cli.unknown_option', says: 'has no option --yes' },
    { words: ['up', '-f'], code: 'cli.option_value', says: 'needs a value: -f <cluster.yaml>' },
    { words: ['up', '-f', '--json'], code: 'cli.option_value', says: 'needs a value' },
    { words: ['up', '--yes=no'], code: 'cli.option_value', says: 'takes no value' },
    { words: ['status', 'a', 'b'], code: 'cli.too_many_arguments', says: 'what to do with "b"' },
  ])('refuses "$words" with a way out', ({ words, code, says }) => {
    expect(errorOf(...words)).toEqual({ code, cause: expect.stringContaining(says) });
  });

  it('reads "-" as a value, not as an option', () => {
    expect(parse('up', '-f', '-').text('file')).toBe('-');
  });

  it('gives no two options of a command the same name or letter', () => {
    for (const command of commands) {
      const options = [...command.options, ...commonOptions];
      const words = options.flatMap(({ name, short }) => [name, ...(short === undefined ? [] : [short])]);
      expect(words).toEqual([...new Set(words)]);
    }
  });
});
