import { contractVersion, type Service } from '#shared/contract/index.ts';
import { hostErrors } from '#shared/errors/host.ts';
import type { FileDialogs } from './file-dialogs.ts';
import type { ServiceOptions } from './service-options.ts';

type Host = Pick<Service, Extract<keyof Service, `host.${string}`>>;

export function hostService({ capabilities, productVersion, files }: ServiceOptions): Host {
  const dialogs = (): FileDialogs => {
    if (!files) throw hostErrors.not_here({});
    return files;
  };
  return {
    'host.version': async () => ({ contract: contractVersion, product: productVersion }),
    'host.capabilities': async () => capabilities,
    'host.openText': async ({ filters = [] }) => (await dialogs().openText(filters)) ?? { cancelled: true },
    'host.saveText': async ({ suggestedName, text, filters = [] }) => ({
      path: await dialogs().saveText(suggestedName, text, filters),
    }),
  };
}
