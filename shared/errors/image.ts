import { defineErrors } from './define.ts';

/** Of images on machines. */
export const imageErrors = defineErrors('image', {
  digest_differs: {
    params: ['image', 'machine', 'digest', 'expected'],
    cause: '{machine} has {image} as {digest}, but this cluster uses {expected}.',
    hint:
      'The tag was moved in the registry, or a mirror is stale. Remove the image on {machine} and make the registry ' +
      'serve {expected} again, or use a tag that is never moved.',
    retry: 'never',
  },
  gone_after_pull: {
    params: ['image', 'machine'],
    cause: '{image} was pulled on {machine}, but is not there.',
    hint: 'Something on {machine} removes images (a clean-up job, a full disk). Stop it and run the command again.',
    retry: 'backoff',
  },
});
