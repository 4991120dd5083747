import { defineErrors } from './define.ts';

/** What a look at a cluster's health can end with, beside what `kube.*` and `ssh.*` say. */
export const healthErrors = defineErrors('health', {
  deadline: {
    params: ['cluster', 'withinSeconds'],
    cause: 'The API of {cluster} did not answer within {withinSeconds} s.',
    hint: 'Look whether its control plane machines run and can be reached by SSH; the deadline is in the settings.',
    retry: 'never',
  },
  no_control_plane: {
    params: ['cluster'],
    cause: '{cluster} has no control plane machine that could be asked yet.',
    hint: 'Its machines are made by a run: see its runs.',
    retry: 'never',
  },
});
