import { defineErrors } from './define.ts';

/** Of the cluster's certificates and keys. */
export const certificateErrors = defineErrors('certificate', {
  missing: {
    params: ['name'],
    cause: 'The inventory has no certificate or key "{name}".',
    hint: 'Run the phase "certificates" first: it issues what is missing.',
    retry: 'never',
  },
  foreign_ca: {
    params: ['name', 'issuer'],
    cause: 'Certificate "{name}" has to be issued by "{issuer}", whose private key is not in the inventory.',
    hint: 'Put the key of that CA into the inventory, or supply the certificate itself.',
    retry: 'never',
  },
  not_written: {
    params: ['machine', 'files'],
    cause: 'These files on {machine} are not as they were written: {files}.',
    hint: 'Look for another program (configuration management, a second cluster) that changes /etc/kubernetes.',
    retry: 'never',
  },
});
