import type { Vault } from '#main/secrets/vault.ts';
import type { SecretStore, Settings } from '#shared/contract/index.ts';
import { plainProxy } from './credentials.ts';
import type { World } from '#main/api/world.ts';

/** What a person set for all clusters and pages. */
export interface SettingsApi {
  get(): Promise<Settings>;
  /** What is not named stays. @throws `credential.wrong_proxy` */
  update(changes: Partial<Settings>): Promise<Settings>;
  /** Which secret store is in use. Opens it. @throws `secrets.*` */
  secretStore(): Promise<SecretStore>;
}

export function settingsApi({ store }: Pick<World, 'store'>, openVault: () => Promise<Vault>): SettingsApi {
  return {
    get: async () => store.preferences.get(),
    update: async ({ proxy, ...changes }) => {
      const checked = typeof proxy === 'string' ? plainProxy(proxy) : proxy;
      return store.preferences.update({ ...changes, ...(checked === undefined ? {} : { proxy: checked }) });
    },
    async secretStore() {
      const described = (await openVault()).describe();
      return described.kind === 'keychain'
        ? { kind: 'keychain', described: `keychain (${described.account})` }
        : { kind: 'passphrase-file', described: `passphrase file ${described.path}` };
    },
  };
}
