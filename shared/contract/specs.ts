import * as v from 'valibot';
import { request } from './define.ts';
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
};
