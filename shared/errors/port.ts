import { defineErrors } from './define.ts';

/** Of the port checks between machines. */
export const portErrors = defineErrors('port', {
  blocked: {
    params: ['count', 'machines'],
    cause: 'Connections that the cluster needs do not work ({count} in all), on {machines}.',
    hint: 'Each one is named below. Open these ports in the firewalls and security groups between the machines.',
    retry: 'never',
  },
  pair_blocked: {
    params: ['from', 'fromAddress', 'to', 'toAddress', 'port', 'protocol', 'purpose', 'seen'],
    cause: '{from} ({fromAddress}) → {to} ({toAddress}) {protocol}/{port}, {purpose}: {seen}.',
    hint: 'Let {fromAddress} reach {toAddress} on {protocol} port {port}.',
    retry: 'never',
  },
  in_use: {
    params: ['machine', 'address', 'ports'],
    cause: 'Another program on {machine} already uses {ports} of {address}, which the cluster needs.',
    hint: 'Find it there with "ss -lntup" and stop it, or take this machine out of the spec.',
    retry: 'never',
  },
  listener_failed: {
    params: ['machine', 'reason'],
    cause: 'The port listener on {machine} did not start: {reason}.',
    hint: 'Its last log lines say why. Check that the nginx image is complete and the internal address is right.',
    retry: 'never',
  },
  checker_failed: {
    params: ['machine', 'exitCode'],
    cause: 'The port checker on {machine} ended with exit code {exitCode} before it had checked everything.',
    hint: 'Its last log lines say why. The image needs bash, timeout and dd.',
    retry: 'never',
  },
  helper_left: {
    params: ['machine', 'name'],
    cause: 'The container "{name}" on {machine} could not be removed; it holds ports that the cluster needs.',
    hint: 'Remove it there with "docker rm -f {name}" and run the command again.',
    retry: 'backoff',
  },
});
