import * as v from 'valibot';
import { request } from './define.ts';
import { name } from './parts.ts';

/** What a node template names, in the order in which a person thinks of it. */
export const choiceKinds = [
  ...(['datacenters', 'templates', 'vms', 'clusters', 'hosts', 'pools'] as const),
  ...(['datastores', 'datastore-clusters', 'networks', 'folders'] as const),
  ...(['library-items', 'tags', 'custom-attributes'] as const),
] as const;

export const VsphereChoice = v.strictObject({
  kind: v.picklist(choiceKinds),
  name: v.string(),
  /** Inventory path: what a node template names where the name alone is not unique. */
  path: v.string(),
  id: v.string(),
  /** What helps to choose: `freeBytes`, `drs`, `snapshot` … */
  details: v.record(v.string(), v.union([v.string(), v.number(), v.boolean()])),
  /** Of a cluster: ids of the datastores and networks that its hosts have. */
  reaches: v.optional(v.array(v.string())),
});

export const vsphere = {
  /** What there is of these kinds in the vCenter of a cloud credential, by path. */
  'vsphere.choices': request({
    effect: 'read',
    input: v.strictObject({
      credential: name,
      kinds: v.pipe(v.array(v.picklist(choiceKinds)), v.minLength(1), v.maxLength(choiceKinds.length)),
      /** Every word of it is somewhere in the path; '' for all. */
      search: v.pipe(v.string(), v.maxLength(200)),
    }),
    output: v.array(VsphereChoice),
    errors: ['credential.unknown', 'vsphere.login_refused', 'vsphere.unreachable'],
  }),
};
