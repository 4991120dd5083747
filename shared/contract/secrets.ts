import * as v from 'valibot';
import { request } from './define.ts';
import { nothing } from './parts.ts';

/** As a spec names it: `vault:registry/password`. */
const name = v.pipe(
  v.string(),
  v.maxLength(253),
  v.regex(/^[-a-z0-9./]+$/, 'must be lower-case letters, digits, "-", "." and "/"'),
);
const value = v.pipe(v.string(), v.minLength(1, 'must not be empty'), v.maxLength(64 * 1024, 'must be at most 64 KiB'));

export const secrets = {
  /** Names only, sorted. No operation answers a value. */
  'secrets.list': request({ effect: 'read', input: nothing, output: v.array(v.strictObject({ name: v.string() })) }),

  /** Seals the value in the inventory. */
  'secrets.put': request({
    effect: 'mutate',
    input: v.strictObject({ name, value, replace: v.optional(v.boolean(), false) }),
    output: nothing,
    errors: ['secret.exists', 'secrets.no_keychain'],
  }),

  'secrets.remove': request({
    effect: 'mutate',
    input: v.strictObject({ name }),
    output: nothing,
    errors: ['secret.unknown', 'secret.in_use'],
  }),
};
