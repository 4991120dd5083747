import { defineErrors } from './define.ts';

/** The window itself, before and besides what its host answers. */
export const pageErrors = defineErrors('page', {
  not_loaded: {
    params: ['reason'],
    cause: 'A part of this window could not be loaded: {reason}',
    hint: 'Load the window again. If that does not help, check that Slipway still runs.',
    retry: 'never',
  },
});
