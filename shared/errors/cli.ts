import { defineErrors } from './define.ts';

/** How the command line was used. */
export const cliErrors = defineErrors('cli', {
  unknown_command: {
    params: ['command', 'suggestion'],
    cause: 'There is no command "{command}".{suggestion}',
    hint: 'All commands: slipway help',
    retry: 'never',
  },
  unknown_option: {
    params: ['option', 'command', 'suggestion'],
    cause: '"slipway {command}" has no option {option}.{suggestion}',
    hint: 'All options: slipway help {command}',
    retry: 'never',
  },
  option_value: {
    params: ['option', 'command', 'problem'],
    cause: 'Option {option} of "slipway {command}" {problem}.',
    hint: 'All options: slipway help {command}',
    retry: 'never',
  },
  missing_option: {
    params: ['option', 'command', 'purpose'],
    cause: '"slipway {command}" needs {option}: {purpose}.',
    hint: 'All options: slipway help {command}',
    retry: 'never',
  },
  too_many_arguments: {
    params: ['argument', 'command'],
    cause: '"slipway {command}" does not know what to do with "{argument}".',
    hint: 'How it is used: slipway help {command}',
    retry: 'never',
  },
  file_unreadable: {
    params: ['path', 'reason'],
    cause: '{path} cannot be read: {reason}.',
    hint: 'Check the path and its permissions.',
    retry: 'never',
  },
  file_unwritable: {
    params: ['path', 'reason'],
    cause: '{path} cannot be written: {reason}.',
    hint: 'Check the folder and its permissions.',
    retry: 'never',
  },
  no_clusters: {
    params: ['home'],
    cause: 'The inventory in {home} holds no cluster yet.',
    hint: 'Create one: slipway up -f cluster.yaml',
    retry: 'never',
  },
  unknown_cluster: {
    params: ['cluster', 'known'],
    cause: 'There is no cluster "{cluster}" in the inventory.',
    hint: 'It holds: {known}',
    retry: 'never',
  },
  which_cluster: {
    params: ['command', 'known'],
    cause: 'The inventory holds several clusters: {known}.',
    hint: 'Name one: slipway {command} <cluster>',
    retry: 'never',
  },
  approval_needed: {
    params: ['command'],
    cause: 'The plan needs approval, and there is no terminal to ask on.',
    hint: 'Look at it with "slipway plan", then run slipway {command} --yes.',
    retry: 'never',
  },
  missing_argument: {
    params: ['command', 'argument', 'purpose'],
    cause: '"slipway {command}" needs <{argument}>: {purpose}.',
    hint: 'How it is used: slipway help {command}',
    retry: 'never',
  },
  wrong_argument: {
    params: ['command', 'argument', 'value', 'known'],
    cause: '"{value}" is no <{argument}> of "slipway {command}".',
    hint: 'Known are: {known}.',
    retry: 'never',
  },
  options_exclude: {
    params: ['command', 'option', 'other'],
    cause: '{option} does not go with {other}.',
    hint: 'Give one of them: slipway help {command}',
    retry: 'never',
  },
  confirmation_needed: {
    params: ['command'],
    cause: 'Removing needs your approval, and there is no terminal to ask on.',
    hint: 'Look at what is there without --remove, then run slipway {command} --yes.',
    retry: 'never',
  },
  interrupted: {
    params: ['command'],
    cause: '"slipway {command}" was interrupted.',
    hint: 'Run it again when you want it.',
    retry: 'never',
  },
  nobody_drives: {
    params: ['cluster'],
    cause: 'Nothing is running for cluster {cluster}, so there is nothing to cancel.',
    hint: 'Its last run: slipway status {cluster}',
    retry: 'never',
  },
});
