import type { Service } from '#shared/contract/index.ts';
import type { ServiceOptions } from './service-options.ts';

type Templates = Pick<Service, Extract<keyof Service, `templates.${string}`>>;

export function templateService({ slipway: { templates } }: Pick<ServiceOptions, 'slipway'>): Templates {
  return {
    'templates.list': () => templates.list(),
    'templates.show': ({ name }) => templates.show(name),
    'templates.add': ({ text, replace }) => templates.add(text, { replace }),
    'templates.remove': async ({ name }) => {
      await templates.remove(name);
      return {};
    },
  };
}
