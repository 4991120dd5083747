import { defineErrors } from './define.ts';

/**
 * Of the cluster spec. `field` is the path as the person wrote it (`spec.machines[1].roles`), `value` what stands there,
 * as JSON and cut short; never the value of a secret field.
 */
export const specErrors = defineErrors('spec', {
  invalid: {
    params: ['problems'],
    cause: 'The cluster spec has {problems}. Nothing was contacted.',
    hint: 'Each one is named below with its field, value and remedy.',
    retry: 'never',
  },
  unreadable: {
    params: ['line', 'column', 'reason'],
    cause: 'The cluster spec is not YAML or JSON: line {line}, column {column}: {reason}.',
    hint: 'Correct that line; an editor with YAML support shows the place.',
    retry: 'never',
  },
  unknown_key: {
    params: ['field', 'value', 'remedy'],
    cause: '{field} is not a key of the cluster spec (value {value}).',
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
  duplicate: {
    params: ['field', 'value', 'other'],
    cause: '{field} is "{value}", which {other} has already.',
    hint: 'Give {field} a value of its own, or remove one of the two.',
    retry: 'never',
  },
  networks_overlap: {
    params: ['field', 'value', 'other', 'otherValue'],
    cause: '{field} ({value}) overlaps {other} ({otherValue}).',
    hint: 'Choose a network for {field} that shares no address with {otherValue}.',
    retry: 'never',
  },
  role_missing: {
    params: ['field', 'role'],
    cause: 'No machine has the role {role}.',
    hint: 'Add "{role}" to the roles of at least one machine under {field}.',
    retry: 'never',
  },
  network_too_small: {
    params: ['field', 'value', 'holds', 'needs'],
    cause: '{field} is {value}, which has room for {holds}, but {needs} are needed.',
    hint: 'Choose a larger network for {field}, or change spec.network.nodeCidrBits.',
    retry: 'never',
  },
  too_few_addresses: {
    params: ['field', 'value', 'needs', 'free'],
    cause: '{field} ({value}) is short of addresses: {needs} needed, {free} free.',
    hint: 'Add addresses to {field}, or ask for fewer machines in the pools that use it.',
    retry: 'never',
  },
  not_yours: {
    params: ['field', 'reason'],
    cause: '{field} is set by Slipway itself: {reason}.',
    hint: 'Remove {field}.',
    retry: 'never',
  },
  outside_network: {
    params: ['field', 'value', 'network', 'networkValue'],
    cause: '{field} is {value}, which is no usable address of {network} ({networkValue}).',
    hint: 'Choose an address inside {networkValue} other than its first two and last, or leave {field} out.',
    retry: 'never',
  },
});
