import { defineErrors } from './define.ts';

export const waitErrors = defineErrors('wait', {
  deadline: {
    params: ['what', 'withinSeconds', 'seen'],
    cause: 'Waited {withinSeconds} s in vain until {what}. Last seen: {seen}.',
    hint: 'Look at the last lines of the step; raise the deadline under spec.timeouts if the machine is just slow.',
    retry: 'never',
  },
});
