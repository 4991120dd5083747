import * as v from 'valibot';
import { request } from './define.ts';
import { description, documentText, name, nothing, time } from './parts.ts';

/** A saved, reusable cluster spec without machines' identities. */
export const ProfileSummary = v.strictObject({
  name: v.string(),
  /** '' without one. */
  description: v.string(),
  createdAt: time,
  updatedAt: time,
  /** Left out when the profile names none: the newest one then. */
  release: v.optional(v.string()),
  /** So many machines its pools want. */
  machines: v.number(),
});

const profile = v.strictObject({ name });
const replace = v.optional(v.boolean(), false);
const unusable = ['profile.exists', 'profile.invalid', 'spec.unreadable'];

export const profiles = {
  /** By name. */
  'profiles.list': request({ effect: 'read', input: nothing, output: v.array(ProfileSummary) }),

  /** Its cluster spec as YAML, with the profile's name where the cluster's will be. */
  'profiles.get': request({
    effect: 'read',
    input: profile,
    output: v.strictObject({ name: v.string(), description: v.string(), text: v.string() }),
    errors: ['profile.unknown'],
  }),

  /**
   * From a cluster spec, which need not be complete. Given machines are left out: they belong to one cluster. What is not
   * said of the description stays when a profile is replaced.
   */
  'profiles.save': request({
    effect: 'mutate',
    input: v.strictObject({ name, description: v.exactOptional(description), text: documentText, replace }),
    output: ProfileSummary,
    errors: unusable,
  }),

  'profiles.remove': request({ effect: 'mutate', input: profile, output: nothing, errors: ['profile.unknown'] }),

  /** As a file of its own (`kind: Profile`), which `profiles.import` takes. */
  'profiles.export': request({
    effect: 'read',
    input: profile,
    output: v.strictObject({ fileName: v.string(), text: v.string() }),
    errors: ['profile.unknown'],
  }),

  /** From such a file; its name is in it. */
  'profiles.import': request({
    effect: 'mutate',
    input: v.strictObject({ text: documentText, replace }),
    output: ProfileSummary,
    errors: unusable,
  }),
};
