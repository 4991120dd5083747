import { defineErrors } from './define.ts';

/** Of the containers that carry the components, and of short helper containers. */
export const containerErrors = defineErrors('container', {
  foreign: {
    params: ['name', 'machine', 'owner'],
    cause: 'Container "{name}" on {machine} is not ours: it belongs to {owner}. Nothing was changed.',
    hint: 'Remove that container, take the machine out of the other cluster, or use another machine.',
    retry: 'never',
  },
  unhealthy: {
    params: ['name', 'machine', 'seen'],
    cause: 'Container "{name}" on {machine} did not become healthy. Last seen: {seen}.',
    hint: 'Its last log lines usually say why. Check spec.services for extra arguments that it refuses.',
    retry: 'never',
  },
  restart_loop: {
    params: ['name', 'machine', 'restarts', 'exitCode'],
    cause: 'Container "{name}" on {machine} ends again and again: {restarts} restarts, last exit code {exitCode}.',
    hint: 'Its last log lines usually say why. Check spec.services for extra arguments that it refuses.',
    retry: 'never',
  },
  not_started: {
    params: ['name', 'machine', 'restored'],
    cause: 'Container "{name}" on {machine} could not be started. The one before it: {restored}.',
    hint: 'Look at the cause below; Docker names the mount, image or port that it could not have.',
    retry: 'never',
  },
  etcd_at_risk: {
    params: ['machine', 'others'],
    cause: 'The etcd member on {machine} cannot be changed now, because others are not healthy ({others}).',
    hint: 'Bring those members back first: stopping one more could cost the quorum.',
    retry: 'backoff',
  },
});
