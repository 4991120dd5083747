import { defineErrors } from './define.ts';

/** Between us and an etcd member. Thrown by `main/kube` only, where gRPC codes are classified once. */
export const etcdErrors = defineErrors('etcd', {
  unreachable: {
    params: ['machine', 'reason'],
    cause: 'etcd on {machine} does not answer: {reason}.',
    hint: 'Look at the container etcd there (docker logs etcd).',
    retry: 'backoff',
  },
  not_ready: {
    params: ['machine', 'what', 'message'],
    cause: 'etcd on {machine} cannot {what} now: {message}.',
    hint: 'It is tried again; if it stays so, check that more than half of the members are healthy.',
    retry: 'backoff',
  },
  member_exists: {
    params: ['machine', 'peerUrl'],
    cause: 'etcd on {machine} already has a member with the peer address {peerUrl}.',
    hint: 'Remove the old member first if its machine was made anew.',
    retry: 'never',
  },
  member_missing: {
    params: ['machine', 'memberId'],
    cause: 'etcd on {machine} has no member {memberId}.',
    hint: 'Somebody removed it meanwhile: add the machine again.',
    retry: 'never',
  },
  refused: {
    params: ['machine', 'what', 'message'],
    cause: 'etcd on {machine} refuses to {what}: {message}.',
    hint: 'Look at the container etcd there (docker logs etcd).',
    retry: 'never',
  },
});
