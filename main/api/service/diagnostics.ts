import { Buffer } from 'node:buffer';
import type { Service } from '#shared/contract/index.ts';
import type { ServiceOptions } from './service-options.ts';

type Diagnostics = Pick<Service, Extract<keyof Service, `diagnostics.${string}`>>;

/** So much of each file is shown before it is given away. */
const shownCharacters = 64 * 1024;

export function diagnosticsService(options: Pick<ServiceOptions, 'slipway' | 'productVersion'>): Diagnostics {
  const { slipway, productVersion } = options;
  return {
    'diagnostics.preview': async ({ cluster }, signal) => {
      const { files, leftOut } = await slipway.diagnostics.collect({ cluster, productVersion }, signal);
      return {
        files: files.map(({ name, text }) => {
          return { name, bytes: Buffer.byteLength(text), text: text.slice(0, shownCharacters) };
        }),
        leftOut,
      };
    },
    'diagnostics.bundle': async ({ cluster }, signal) => {
      const { fileName, bytes } = await slipway.diagnostics.bundle({ cluster, productVersion }, signal);
      return { fileName, base64: bytes.toString('base64') };
    },
  };
}
