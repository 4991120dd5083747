import { defineErrors } from './define.ts';

export const kubeconfigErrors = defineErrors('kubeconfig', {
  unreadable: {
    params: ['file', 'reason'],
    cause: '{file} is not a kubeconfig that can be merged: {reason}.',
    hint: 'Repair the file, or move it away and try again. It was not changed.',
    retry: 'never',
  },
});
