import * as v from 'valibot';
import { request } from './define.ts';
import { count, name } from './parts.ts';

/** Of one cluster, or of all. */
const wish = v.strictObject({ cluster: v.exactOptional(name) });
const errors = ['store.cluster_unknown'];

export const diagnostics = {
  /** What `diagnostics.bundle` would hold: versions, settings, specs, states, runs, errors, ends of logs. No secrets. */
  'diagnostics.preview': request({
    effect: 'read',
    input: wish,
    output: v.strictObject({
      files: v.array(
        v.strictObject({
          name: v.string(),
          bytes: count,
          /** Its first 64 KiB. */
          text: v.string(),
        }),
      ),
      /** What is not in it and why. */
      leftOut: v.array(v.string()),
    }),
    errors,
  }),

  /** Exactly these files, as a `.tar.gz`. */
  'diagnostics.bundle': request({
    effect: 'read',
    input: wish,
    output: v.strictObject({ fileName: v.string(), base64: v.string() }),
    errors,
  }),
};
