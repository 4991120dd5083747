import { defineErrors } from './define.ts';

/** Of the release catalogue and its flag dialects. */
export const releaseErrors = defineErrors('release', {
  unknown: {
    params: ['version', 'known'],
    cause: 'There is no release "{version}" in the catalogue.',
    hint: 'Set spec.release to one of: {known}.',
    retry: 'never',
  },
  unknown_flag: {
    params: ['field', 'flag', 'release', 'suggestion'],
    cause: '{field} sets "{flag}", which release {release} does not know: the component would refuse to start.',
    hint: 'Correct or remove it. {suggestion}',
    retry: 'never',
  },
});
