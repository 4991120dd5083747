import * as v from 'valibot';
import { request } from './define.ts';
import { name, nothing } from './parts.ts';

export const PoolSummary = v.strictObject({
  cluster: v.string(),
  pool: v.string(),
  /** '' for a pool that the spec no longer has, but that still has machines. */
  template: v.string(),
  roles: v.array(v.string()),
  /** So many machines the spec wants. */
  wanted: v.number(),
  machines: v.array(
    v.strictObject({
      name: v.string(),
      instanceUuid: v.string(),
      host: v.string(),
      datastore: v.string(),
      address: v.string(),
      state: v.picklist(['planned', 'placed', 'made', 'booted']),
    }),
  ),
});

export const ReleaseSummary = v.strictObject({
  version: v.string(),
  isDefault: v.boolean(),
  endOfSupport: v.string(),
  legacy: v.boolean(),
  images: v.record(v.string(), v.string()),
});

/** Smaller areas of what the inventory and the product hold. */
export const inventory = {
  /** Machine pools of one cluster, or of all. */
  'pools.list': request({
    effect: 'read',
    input: v.strictObject({ cluster: v.exactOptional(name) }),
    output: v.array(PoolSummary),
    errors: ['store.cluster_unknown'],
  }),

  'releases.list': request({ effect: 'read', input: nothing, output: v.array(ReleaseSummary) }),
};
