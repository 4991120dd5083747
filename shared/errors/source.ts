import { defineErrors } from './define.ts';

/** Files and URLs that the spec names. */
export const sourceErrors = defineErrors('source', {
  unreadable: {
    params: ['location', 'reason'],
    cause: '{location} cannot be read: {reason}.',
    hint: 'Check the path (relative to the spec file) or the URL under spec.addons.',
    retry: 'never',
  },
});
