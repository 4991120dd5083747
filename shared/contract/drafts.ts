import * as v from 'valibot';
import type { Json } from '../json.ts';
import { plain, request } from './define.ts';
import { nothing, time } from './parts.ts';

/** Made by the page, so that saving twice is one draft. */
const id = v.pipe(v.string(), v.regex(/^[\w-]{1,64}$/, 'must be letters, digits, "_" and "-", at most 64'));
const title = v.pipe(v.string(), v.maxLength(200));
const mostCharacters = 256 * 1024;
const content = v.pipe(
  plain<Json>(),
  v.check((value) => JSON.stringify(value ?? null).length <= mostCharacters, 'must be at most 256 KiB'),
);

export const DraftSummary = v.strictObject({ id: v.string(), title: v.string(), updatedAt: time });

export const drafts = {
  /** What was begun in the wizard, newest first. */
  'drafts.list': request({ effect: 'read', input: nothing, output: v.array(DraftSummary) }),

  'drafts.get': request({
    effect: 'read',
    input: v.strictObject({ id }),
    output: v.strictObject({ ...DraftSummary.entries, content: plain<Json>() }),
    errors: ['draft.unknown'],
  }),

  /** Made or replaced; at most 50 are kept. What stands behind the name of a secret (`password`, `token` …) is left out. */
  'drafts.put': request({ effect: 'mutate', input: v.strictObject({ id, title, content }), output: nothing }),

  /** No error when it is gone. */
  'drafts.remove': request({ effect: 'mutate', input: v.strictObject({ id }), output: nothing }),
};
