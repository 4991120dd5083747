import { defineErrors } from './define.ts';

/** Between us and a kube-apiserver. Thrown by `main/kube` only, where HTTP statuses are classified once. */
export const kubeErrors = defineErrors('kube', {
  unreachable: {
    params: ['machines'],
    cause: 'No kube-apiserver answers on {machines}.',
    hint: 'Look at the container kube-apiserver on these machines (docker logs kube-apiserver).',
    retry: 'backoff',
  },
  connection_failed: {
    params: ['reason'],
    cause: 'The connection to kube-apiserver failed: {reason}.',
    hint: 'Look at the container kube-apiserver there (docker logs kube-apiserver).',
    retry: 'backoff',
  },
  tls: {
    params: ['machine', 'endpoint', 'serverName', 'reason'],
    cause: 'The server at {endpoint} on {machine} is not the one we expect: {reason}.',
    hint: "Its certificate must come from this cluster's CA and name {serverName}. Something else may listen on that port.",
    retry: 'never',
  },
  unauthorised: {
    params: ['machine', 'what'],
    cause: 'kube-apiserver on {machine} does not know the admin identity ({what}).',
    hint: 'Its client CA differs from the one in the inventory: deploy the certificates again.',
    retry: 'never',
  },
  forbidden: {
    params: ['what', 'message'],
    cause: 'The API forbids {what}: {message}',
    hint: 'Check the role bindings of the admin identity and admission plugins.',
    retry: 'never',
  },
  invalid: {
    params: ['what', 'message'],
    cause: 'The API refuses {what}: {message}',
    hint: 'Correct the named field of the object.',
    retry: 'never',
  },
  conflict: {
    params: ['what', 'message'],
    cause: 'Somebody else changed or holds {what}: {message}',
    hint: 'It is tried again with what is there now.',
    retry: 'backoff',
  },
  missing: {
    params: ['what', 'message'],
    cause: 'The API does not find {what}: {message}',
    hint: 'A namespace that a new cluster makes for itself appears shortly after its start; others must be made first.',
    retry: 'backoff',
  },
  unknown_kind: {
    params: ['kind', 'apiVersion'],
    cause: 'This cluster has no kind {kind} in {apiVersion}.',
    hint: 'Install its CustomResourceDefinition first, or correct apiVersion and kind.',
    // A definition that was created a moment ago is not served yet.
    retry: 'backoff',
  },
  not_ready: {
    params: ['what', 'status', 'message'],
    cause: 'The API cannot do {what} now (HTTP {status}): {message}',
    hint: 'It is tried again; if it stays so, look at the log of kube-apiserver and at etcd.',
    retry: 'backoff',
  },
  unexpected: {
    params: ['what', 'message'],
    cause: 'The API gave an answer to {what} that we do not understand: {message}',
    hint: 'Check that kube-apiserver is of the expected version; report it with the run log.',
    retry: 'never',
  },
});
