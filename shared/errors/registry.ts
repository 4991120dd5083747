import { defineErrors } from './define.ts';

/** Between a machine and an image registry. */
export const registryErrors = defineErrors('registry', {
  unreachable: {
    params: ['server', 'machine', 'reason'],
    cause: 'The registry {server} does not answer {machine}: {reason}.',
    hint: 'Check the address under spec.registries, and that {machine} may reach it through its firewall.',
    retry: 'backoff',
  },
  untrusted: {
    params: ['server', 'reason'],
    cause: 'The certificate of the registry {server} is not trusted: {reason}.',
    hint: 'Put the PEM of the CA that signed it under spec.registries[].ca.',
    retry: 'never',
  },
  login_refused: {
    params: ['server', 'username'],
    cause: 'The registry {server} refused the login of "{username}".',
    hint: 'Check spec.registries[].username and the secret that its password refers to.',
    retry: 'never',
  },
  image_missing: {
    params: ['image', 'server'],
    cause: 'The registry {server} has no image {image}.',
    hint: 'Push the image there, or choose a release whose images it has. "slipway release list --images" names them all.',
    retry: 'never',
  },
  images_unusable: {
    params: ['count'],
    cause: '{count} images cannot be pulled.',
    hint: 'Each one is named below with its cause and remedy. Nothing has been changed.',
    retry: 'never',
  },
  unexpected_answer: {
    params: ['server', 'status', 'image'],
    cause: 'The registry {server} answered {status} when asked for {image}.',
    hint: 'Check that {server} is a container registry (distribution API v2).',
    retry: 'backoff',
  },
});
