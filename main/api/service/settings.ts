import type { Service } from '#shared/contract/index.ts';
import type { ServiceOptions } from './service-options.ts';

type Settings = Pick<Service, Extract<keyof Service, `settings.${string}`>>;

export function settingsService({ slipway: { settings } }: Pick<ServiceOptions, 'slipway'>): Settings {
  return {
    'settings.get': () => settings.get(),
    'settings.update': (changes) => settings.update(changes),
    'settings.secretStore': () => settings.secretStore(),
  };
}
