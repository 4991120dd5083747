import { defineErrors } from './define.ts';

/** Saved cluster specs. What is wrong with the spec inside is told in the words of `spec.*`. */
export const profileErrors = defineErrors('profile', {
  invalid: {
    params: ['problems'],
    cause: 'The profile has {problems}. Nothing was saved.',
    hint: 'Each one is named below with its field, value and remedy.',
    retry: 'never',
  },
  exists: {
    params: ['name'],
    cause: 'There is already a profile {name}.',
    hint: 'Choose another name, or replace it.',
    retry: 'never',
  },
  unknown: {
    params: ['name', 'known'],
    cause: 'There is no profile {name} in the inventory.',
    hint: 'There are: {known}. Save one from a cluster spec: slipway profile save <name> -f cluster.yaml',
    retry: 'never',
  },
});
