import type { Service } from '#shared/contract/index.ts';
import type { ServiceOptions } from './service-options.ts';

type Profiles = Pick<Service, Extract<keyof Service, `profiles.${string}`>>;

export function profileService({ slipway: { profiles } }: Pick<ServiceOptions, 'slipway'>): Profiles {
  return {
    'profiles.list': () => profiles.list(),
    'profiles.get': async ({ name }) => {
      const { description, text } = await profiles.get(name);
      return { name, description, text };
    },
    'profiles.save': ({ replace, ...profile }) => profiles.save(profile, { replace }),
    'profiles.remove': async ({ name }) => {
      await profiles.remove(name);
      return {};
    },
    'profiles.export': ({ name }) => profiles.export(name),
    'profiles.import': ({ text, replace }) => profiles.import(text, { replace }),
  };
}
