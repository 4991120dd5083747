import type { Service } from '#shared/contract/index.ts';
import type { ServiceOptions } from './service-options.ts';

type Secrets = Pick<Service, Extract<keyof Service, `secrets.${string}`>>;

export function secretService({ slipway: { secrets } }: Pick<ServiceOptions, 'slipway'>): Secrets {
  return {
    'secrets.list': () => secrets.list(),
    'secrets.put': async ({ name, value, replace }) => {
      await secrets.put(name, value, { replace });
      return {};
    },
    'secrets.remove': async ({ name }) => {
      await secrets.remove(name);
      return {};
    },
  };
}
