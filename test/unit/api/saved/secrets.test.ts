import { describe, expect, it } from 'vitest';
import { profilesApi } from '#main/api/saved/profiles.ts';
import { secretsApi } from '#main/api/saved/secrets.ts';
import { settingsApi } from '#main/api/saved/settings.ts';
import { specNamed } from '#test/unit/store/home-for-test.ts';
import { openWorld } from '#test/unit/api/world-for-test.ts';

const anew = { replace: false };

describe('a secret of the inventory', () => {
  it('goes in, and only its name comes out', async () => {
    const { world, store } = openWorld();
    const secrets = secretsApi(world);
    await secrets.put('registry/password', 'hunter2', anew);
    expect(await secrets.list()).toEqual([{ name: 'registry/password' }]);
    expect(await store.secrets.get('registry/password')).toBe('hunter2');
    expect(world.redactor.redact('it was hunter2')).toBe('it was [redacted]');
  });

  it('is replaced only when that is asked for', async () => {
    const { world, store } = openWorld();
    const secrets = secretsApi(world);
    await secrets.put('a', 'first', anew);
    await expect(secrets.put('a', 'second', anew)).rejects.toMatchObject({ code: 'secret.exists' });
    expect(await store.secrets.get('a')).toBe('first');
    await secrets.put('a', 'second', { replace: true });
    expect(await store.secrets.get('a')).toBe('second');
  });

  it.each(['', 'Upper', 'a b', 'a\n'])('cannot be called %j', async (name) => {
    const { world } = openWorld();
    const secrets = secretsApi(world);
    await expect(secrets.put(name, 'x', anew)).rejects.toMatchObject({ code: 'secret.bad_name' });
    expect(await secrets.list()).toEqual([]);
  });

  it('stays while a cluster, a profile or the settings name it, and not for the sake of a longer name', async () => {
    const { world, store } = openWorld();
    const secrets = secretsApi(world);
    const registry = { server: 'r.example', insecure: false, systemImages: false, mirrorOf: [] };
    const spec = specNamed('home');
    spec.spec.registries = [{ ...registry, password: 'vault:in/use' }];
    store.clusters.create({ spec, release: 'v1.36.3' });
    await profilesApi(world).save(
      { name: 'small', text: 'spec: { registries: [{ server: r, password: "vault:in/use" }] }' },
      anew,
    );
    await settingsApi(world, () => Promise.reject(new Error('not asked'))).update({
      registries: [{ ...registry, password: 'vault:in/use' }],
    });
    for (const name of ['in/use', 'in', 'in/use/not', 'use']) await secrets.put(name, 'hunter2', anew);
    await expect(secrets.remove('in/use')).rejects.toMatchObject({
      code: 'secret.in_use',
      data: { params: { users: 'cluster home, profile small, the registries of the settings' } },
    });
    for (const name of ['in', 'in/use/not', 'use']) await secrets.remove(name);
    expect(await secrets.list()).toEqual([{ name: 'in/use' }]);
    await expect(secrets.remove('gone')).rejects.toMatchObject({ code: 'secret.unknown' });
  });
});
