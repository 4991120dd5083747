import { defineErrors } from './define.ts';

/** What only some hosts can do. */
export const hostErrors = defineErrors('host', {
  not_here: {
    params: [],
    cause: "The system's own file dialogs are only there in the desktop application.",
    hint: 'Use the downloads and the file chooser of the browser.',
    retry: 'never',
  },
});
