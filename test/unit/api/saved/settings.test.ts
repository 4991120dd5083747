import Sqlite from 'better-sqlite3';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { settingsApi } from '#main/api/saved/settings.ts';
import type { Vault } from '#main/secrets/vault.ts';
import { openWorld } from '#test/unit/api/world-for-test.ts';

const noVault = (): Promise<Vault> => Promise.reject(new Error('not asked'));
const defaults = {
  theme: 'system',
  registries: [],
  proxy: null,
  checkForUpdates: false,
  healthDeadlineSeconds: 10,
  whenRunsOnQuit: 'ask',
};

describe('settings', () => {
  it('have defaults, and change only where they are named', async () => {
    const settings = settingsApi(openWorld().world, noVault);
    expect(await settings.get()).toEqual(defaults);
    expect(await settings.update({ theme: 'contrast' })).toEqual({ ...defaults, theme: 'contrast' });
    expect(await settings.update({ proxy: 'http://ann@proxy.example:3128/' })).toEqual({
      ...defaults,
      theme: 'contrast',
      proxy: 'http://ann@proxy.example:3128',
    });
    expect(await settings.update({ proxy: null })).toEqual({ ...defaults, theme: 'contrast' });
  });

  it.each(['http://ann:hunter2@proxy:3128', 'ftp://proxy', 'proxy:3128'])('take no proxy such as %s', async (proxy) => {
    const settings = settingsApi(openWorld().world, noVault);
    await expect(settings.update({ theme: 'dark', proxy })).rejects.toMatchObject({ code: 'credential.wrong_proxy' });
    expect(await settings.get()).toEqual(defaults);
  });

  it('of a newer version are left out, and unusable ones are told', async () => {
    const { world, home } = openWorld();
    const settings = settingsApi(world, noVault);
    const db = new Sqlite(join(home, 'slipway.db'));
    const write = (value: string) => db.prepare("INSERT OR REPLACE INTO settings VALUES ('preferences', ?)").run(value);
    write('{"theme":"dark","sound":"loud"}');
    expect(await settings.get()).toEqual({ ...defaults, theme: 'dark' });
    write('{"theme":"purple"}');
    await expect(settings.get()).rejects.toMatchObject({ code: 'store.settings_unusable' });
    db.close();
  });

  it('say which secret store is in use', async () => {
    const { world } = openWorld();
    const vault = (described: ReturnType<Vault['describe']>) => async () => ({ describe: () => described }) as Vault;
    const kinds = await Promise.all([
      settingsApi(world, vault({ kind: 'keychain', account: 'ann' } as never)).secretStore(),
      settingsApi(world, vault({ kind: 'passphrase-file', path: '/p' } as never)).secretStore(),
    ]);
    expect(kinds).toEqual([
      { kind: 'keychain', described: 'keychain (ann)' },
      { kind: 'passphrase-file', described: 'passphrase file /p' },
    ]);
  });
});
