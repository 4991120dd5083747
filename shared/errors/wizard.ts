import { defineErrors } from './define.ts';

/** Between what was kept and the wizard that shall go on with it. */
export const wizardErrors = defineErrors('wizard', {
  unreadable_draft: {
    params: ['id'],
    cause: 'The draft {id} holds no spec that this version of Slipway can show.',
    hint: 'Begin a new cluster. The draft was made by another version; you can remove it from the list of clusters.',
    retry: 'never',
  },
  unreadable_profile: {
    params: ['name'],
    cause: 'The profile {name} holds no spec that the wizard can show.',
    hint: 'Export the profile, correct it as text, and import it again.',
    retry: 'never',
  },
});
