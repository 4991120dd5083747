import * as v from 'valibot';
import { Registry } from '../spec/cluster.ts';
import { request } from './define.ts';
import { nothing, proxy } from './parts.ts';

const mostCharacters = 256 * 1024;
const Registries = v.pipe(
  v.array(Registry),
  v.maxLength(100),
  v.check((all) => JSON.stringify(all).length <= mostCharacters, 'must be at most 256 KiB'),
);

const theme = v.picklist(['system', 'light', 'dark', 'contrast']);
const healthDeadlineSeconds = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(300));
const whenRunsOnQuit = v.picklist(['ask', 'tray', 'cancel', 'leave']);

/** What a person set for all clusters and pages, with defaults for the rest. */
export const Settings = v.strictObject({
  theme: v.optional(theme, 'system'),
  /** What a new cluster spec begins with. */
  registries: v.optional(Registries, []),
  /** What the form of a new cloud credential begins with: `http://user@proxy:3128`, without a password. */
  proxy: v.optional(v.nullable(proxy), null),
  /** A wish only: this build has no update channel, and asks nobody. */
  checkForUpdates: v.optional(v.boolean(), false),
  /** How long a look at a cluster's health waits for its API. */
  healthDeadlineSeconds: v.optional(healthDeadlineSeconds, 10),
  /** What quitting the desktop application does to runs that it drives. */
  whenRunsOnQuit: v.optional(whenRunsOnQuit, 'ask'),
});

export const SecretStore = v.strictObject({
  /** For people: which keychain entry, which file. */
  described: v.string(),
  kind: v.picklist(['keychain', 'passphrase-file']),
});

export const settings = {
  'settings.get': request({ effect: 'read', input: nothing, output: Settings }),

  /** What is not named stays. Answers all of it. */
  'settings.update': request({
    effect: 'mutate',
    input: v.strictObject({
      theme: v.exactOptional(theme),
      registries: v.exactOptional(Registries),
      proxy: v.exactOptional(v.nullable(proxy)),
      checkForUpdates: v.exactOptional(v.boolean()),
      healthDeadlineSeconds: v.exactOptional(healthDeadlineSeconds),
      whenRunsOnQuit: v.exactOptional(whenRunsOnQuit),
    }),
    output: Settings,
    errors: ['credential.wrong_proxy'],
  }),

  /** Which secret store is in use. Opens it. */
  'settings.secretStore': request({
    effect: 'read',
    input: nothing,
    output: SecretStore,
    errors: ['secrets.no_keychain'],
  }),
};
