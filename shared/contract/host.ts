import * as v from 'valibot';
import { request } from './define.ts';
import { documentText, nothing } from './parts.ts';

export const HostCapabilities = v.strictObject({
  app: v.picklist(['web', 'electron']),
  /** What the host can do beyond the contract; what it cannot, the renderer hides. */
  nativeFileDialogs: v.boolean(),
  notifications: v.boolean(),
  openExternal: v.boolean(),
});

const filters = v.pipe(
  v.array(
    v.strictObject({
      name: v.pipe(v.string(), v.maxLength(200)),
      /** Without a dot. */
      extensions: v.pipe(
        v.array(v.pipe(v.string(), v.regex(/^(\*|[\w.-]{1,20})$/, 'must be a file name extension'))),
        v.minLength(1),
        v.maxLength(20),
      ),
    }),
  ),
  v.maxLength(20),
);

export const host = {
  /** The first call of a renderer: one of another contract version has to be loaded again. */
  'host.version': request({
    effect: 'read',
    input: nothing,
    output: v.strictObject({ contract: v.number(), product: v.string() }),
  }),

  'host.capabilities': request({ effect: 'read', input: nothing, output: HostCapabilities }),

  /** A file that the person chooses in the system's own dialog. */
  'host.openText': request({
    effect: 'read',
    input: v.strictObject({ filters: v.exactOptional(filters) }),
    output: v.union([
      v.strictObject({ name: v.string(), text: documentText }),
      v.strictObject({ cancelled: v.literal(true) }),
    ]),
    errors: ['host.not_here'],
  }),

  /** Into a file that the person chooses there. Without `path` the person thought better of it. */
  'host.saveText': request({
    effect: 'mutate',
    input: v.strictObject({
      /** A name only: the folder is the person's choice. */
      suggestedName: v.pipe(v.string(), v.regex(/^[^/\\]{1,200}$/, 'must be a file name')),
      text: documentText,
      filters: v.exactOptional(filters),
    }),
    output: v.strictObject({ path: v.optional(v.string()) }),
    errors: ['host.not_here'],
  }),
};
