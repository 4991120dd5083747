import { contractVersion, type Service } from '#shared/contract/index.ts';
import type { ServiceOptions } from './service.ts';

type Host = Pick<Service, 'host.version' | 'host.capabilities'>;

export function hostService({ capabilities, productVersion }: ServiceOptions): Host {
  return {
    'host.version': async () => ({ contract: contractVersion, product: productVersion }),
    'host.capabilities': async () => capabilities,
  };
}
