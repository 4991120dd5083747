import { defineErrors } from './define.ts';

/** What was begun in the wizard. */
export const draftErrors = defineErrors('draft', {
  unknown: {
    params: ['draft'],
    cause: 'The draft {draft} is not there any more.',
    hint: 'It was removed, perhaps in another window, or 50 newer ones took its place. Begin a new one.',
    retry: 'never',
  },
});
