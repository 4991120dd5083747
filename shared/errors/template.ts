import { defineErrors } from './define.ts';

/** Node templates of the inventory. `field`, `value` and `expected` as in the errors of the cluster spec. */
export const templateErrors = defineErrors('template', {
  invalid: {
    params: ['problems'],
    cause: 'The node template has {problems}. Nothing was saved.',
    hint: 'Each one is named below with its field, value and remedy.',
    retry: 'never',
  },
  unreadable: {
    params: ['line', 'column', 'reason'],
    cause: 'The node template is not YAML or JSON: line {line}, column {column}: {reason}.',
    hint: 'Correct that line; an editor with YAML support shows the place.',
    retry: 'never',
  },
  unknown_key: {
    params: ['field', 'value', 'remedy'],
    cause: '{field} is not a key of a node template (value {value}).',
    hint: '{remedy}',
    retry: 'never',
  },
  missing_key: {
    params: ['field', 'remedy'],
    cause: '{field} is missing.',
    hint: '{remedy}',
    retry: 'never',
  },
  wrong_value: {
    params: ['field', 'value', 'expected'],
    cause: '{field} is {value}: {expected}.',
    hint: 'Change {field}: it {expected}.',
    retry: 'never',
  },
  exists: {
    params: ['name'],
    cause: 'There is already a node template {name}.',
    hint: 'Choose another name, or replace it: slipway template add <file> --replace',
    retry: 'never',
  },
  unknown: {
    params: ['name', 'known'],
    cause: 'There is no node template {name} in the inventory.',
    hint: 'There are: {known}. Add one: slipway template add <file>',
    retry: 'never',
  },
  in_use: {
    params: ['name', 'clusters'],
    cause: 'The node template {name} is used by pools of: {clusters}.',
    hint: 'Remove these clusters first ("slipway down"), or let their pools use another template.',
    retry: 'never',
  },
  outdated: {
    params: ['name', 'reason'],
    cause: 'The stored node template {name} does not fit this version of Slipway: {reason}.',
    hint: 'Add it again from its file: slipway template add <file> --replace',
    retry: 'never',
  },
});
