import { defineErrors } from './define.ts';

/** Add-ons: manifests given by the person, their deploy jobs and their roll-out. */
export const addonErrors = defineErrors('addon', {
  yaml_invalid: {
    params: ['addon', 'document', 'line', 'reason'],
    cause: 'Add-on {addon}, document {document}, line {line}: not valid YAML: {reason}',
    hint: 'Correct the manifest. Nothing of any add-on has been applied.',
    retry: 'never',
  },
  not_an_object: {
    params: ['addon', 'document', 'line', 'missing'],
    cause: 'Add-on {addon}, document {document} (line {line}) is no Kubernetes object: it has no {missing}.',
    hint: 'Each document needs apiVersion, kind and metadata.name. Nothing of any add-on has been applied.',
    retry: 'never',
  },
  duplicate: {
    params: ['object', 'first', 'second'],
    cause: '{object} is in add-on {first} and again in add-on {second}.',
    hint: 'Keep one of them. Nothing of any add-on has been applied.',
    retry: 'never',
  },
  too_large: {
    params: ['addon', 'bytes', 'limit'],
    cause: 'The manifest of {addon} has {bytes} bytes; a ConfigMap takes {limit}.',
    hint: 'Shorten it, or install the large part with kubectl or helm after the cluster is up.',
    retry: 'never',
  },
  job_failed: {
    params: ['job', 'reason'],
    cause: 'The job {job} failed: {reason}.',
    hint: 'Its last lines say why; correct the manifest or the cluster and run again.',
    retry: 'never',
  },
  job_timeout: {
    params: ['job', 'withinSeconds', 'seen'],
    cause: 'The job {job} did not finish within {withinSeconds} s. Last seen: {seen}.',
    hint: 'It needs one control plane node whose kubelet runs and has the kubectl image. See the last lines.',
    retry: 'never',
  },
  not_rolled_out: {
    params: ['addon', 'withinSeconds', 'seen'],
    cause: '{addon} was not rolled out within {withinSeconds} s. Last seen: {seen}.',
    hint: 'The last lines name each pod that is not ready and why; raise spec.timeouts.rollout if it is just slow.',
    retry: 'never',
  },
  not_as_written: {
    params: ['addon', 'difference'],
    cause: '{addon} is not what was applied: {difference}.',
    hint: 'Something in the cluster changes or removes it: look for another tool that manages the same object.',
    retry: 'backoff',
  },
  certificate_missing: {
    params: ['addon', 'certificate'],
    cause: '{addon} needs the certificate {certificate}, and the inventory has none of that name.',
    hint: 'Run the phase certificates first.',
    retry: 'never',
  },
});
