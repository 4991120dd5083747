import * as v from 'valibot';
import { request } from './define.ts';
import { name } from './parts.ts';

const errors = ['store.cluster_unknown', 'run.no_kubeconfig'];

export const kubeconfigs = {
  /** The whole file. It is a key to the cluster: shown and saved only where a person asks for it. */
  'kubeconfigs.get': request({
    effect: 'read',
    input: v.strictObject({ cluster: name }),
    output: v.strictObject({ yaml: v.string() }),
    errors,
  }),

  /** Into the kubeconfig file of the computer that the host runs on. Loses nothing that is in it. */
  'kubeconfigs.merge': request({
    effect: 'mutate',
    input: v.strictObject({ cluster: name, switchContext: v.boolean() }),
    output: v.strictObject({ context: v.string(), path: v.string() }),
    errors,
  }),
};
