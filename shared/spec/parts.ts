import * as v from 'valibot';

/** What several documents of ours are made of. */

export const dnsLabel = v.pipe(
  v.string(),
  v.regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, 'must be lower-case letters, digits and "-", at most 63'),
);

export const ipv4 = v.pipe(v.string(), v.ipv4('must be an IPv4 address'));
export const labels = v.record(v.string(), v.string());

export const Role = v.picklist(['etcd', 'controlplane', 'worker']);
export type Role = v.InferOutput<typeof Role>;

export const Taint = v.strictObject({
  key: v.string(),
  value: v.optional(v.string(), ''),
  effect: v.picklist(['NoSchedule', 'PreferNoSchedule', 'NoExecute']),
});
