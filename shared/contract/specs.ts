import * as v from 'valibot';
import type { ClusterSpec } from '../spec/cluster.ts';
import { plain, request } from './define.ts';
import { documentText, errorData } from './parts.ts';

export const specs = {
  /** Every problem of a cluster spec at once. Contacts nobody. */
  'specs.check': request({
    effect: 'read',
    input: v.strictObject({ text: documentText }),
    output: v.strictObject({
      /** Empty: a run can start. `target` is the field's path. */
      problems: v.array(errorData),
      warnings: v.array(v.string()),
    }),
  }),

  /** The spec with every default, so that forms can be filled from it. It may still have problems that `specs.check` finds. */
  'specs.outline': request({
    effect: 'read',
    input: v.strictObject({ text: documentText }),
    output: v.strictObject({
      /** Left out when the text is none: `problems` says why. */
      spec: v.optional(plain<ClusterSpec>()),
      problems: v.array(errorData),
    }),
  }),
};
