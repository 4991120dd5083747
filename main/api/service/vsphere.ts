import type { Service } from '#shared/contract/index.ts';
import type { ServiceOptions } from './service-options.ts';

export function vsphereService({ slipway }: Pick<ServiceOptions, 'slipway'>): Pick<Service, 'vsphere.choices'> {
  return {
    'vsphere.choices': ({ credential, kinds, search }, signal) =>
      slipway.vsphere.choices(credential, { kinds, search }, signal),
  };
}
