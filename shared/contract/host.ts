import * as v from 'valibot';
import { request } from './define.ts';
import { nothing } from './parts.ts';

export const HostCapabilities = v.strictObject({
  app: v.picklist(['web', 'electron']),
  /** What the host can do beyond the contract; what it cannot, the renderer hides. */
  nativeFileDialogs: v.boolean(),
  notifications: v.boolean(),
  openExternal: v.boolean(),
});

export const host = {
  /** The first call of a renderer: one of another contract version has to be loaded again. */
  'host.version': request({
    effect: 'read',
    input: nothing,
    output: v.strictObject({ contract: v.number(), product: v.string() }),
  }),

  'host.capabilities': request({ effect: 'read', input: nothing, output: HostCapabilities }),
};
