import { defineErrors } from './define.ts';

/** Of taking machines out of a cluster. */
export const removalErrors = defineErrors('removal', {
  not_reached: {
    params: ['machine'],
    cause: '{machine} was not cleaned: it cannot be reached.',
    hint: 'Start it and run slipway down again. When it is gone for good, give it up: slipway down --forget-unreachable.',
    // The others are cleaned, and it takes one command to come back to this one.
    retry: 'never',
  },
  left_behind: {
    params: ['machine', 'left'],
    cause: '{machine} is not clean: {left}.',
    hint: 'Look what holds it there, and run slipway down again.',
    retry: 'backoff',
  },
});
