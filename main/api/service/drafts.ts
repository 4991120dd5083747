import type { Service } from '#shared/contract/index.ts';
import type { ServiceOptions } from './service-options.ts';

type Drafts = Pick<Service, Extract<keyof Service, `drafts.${string}`>>;

export function draftService({ slipway: { drafts } }: Pick<ServiceOptions, 'slipway'>): Drafts {
  return {
    'drafts.list': () => drafts.list(),
    'drafts.get': ({ id }) => drafts.get(id),
    'drafts.put': async (draft) => {
      await drafts.put(draft);
      return {};
    },
    'drafts.remove': async ({ id }) => {
      await drafts.remove(id);
      return {};
    },
  };
}
