import type { Service } from '#shared/contract/index.ts';
import type { ServiceOptions } from './service-options.ts';

type Inventory = Pick<Service, 'pools.list' | 'releases.list'>;

export function inventoryService({ slipway }: Pick<ServiceOptions, 'slipway'>): Inventory {
  return {
    'pools.list': ({ cluster }) => slipway.pools(cluster),
    'releases.list': async () => slipway.releases(),
  };
}
