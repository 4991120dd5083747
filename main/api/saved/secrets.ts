import * as v from 'valibot';
import { secretErrors } from '#shared/errors/secrets.ts';
import { SecretRef } from '#shared/spec/cluster.ts';
import type { World } from '#main/api/world.ts';

/** Values sealed in the inventory, which specs name as `vault:name`. They go in and never out. */
export interface SecretsApi {
  /** Sorted. */
  list(): Promise<readonly { readonly name: string }[]>;
  /** @throws `secret.bad_name`, `secret.exists`, and what opening the vault throws. */
  put(name: string, value: string, options: { readonly replace: boolean }): Promise<void>;
  /** @throws `secret.unknown`; `secret.in_use` with the clusters and profiles that name it. */
  remove(name: string): Promise<void>;
}

export function secretsApi({ store }: Pick<World, 'store'>): SecretsApi {
  return {
    list: async () => store.secrets.names().map((name) => ({ name })),
    async put(name, value, options) {
      if (!v.is(SecretRef, `vault:${name}`)) throw secretErrors.bad_name({ name });
      await store.secrets.put(name, value, options);
    },
    async remove(name) {
      const names = store.secrets.names();
      if (!names.includes(name)) throw secretErrors.unknown({ name, known: names.join(', ') || 'none yet' });
      const users = usersOf(store, name);
      if (users.length > 0) throw secretErrors.in_use({ name, users: users.join(', ') });
      store.secrets.remove(name);
    },
  };
}

function usersOf({ clusters, profiles, preferences }: World['store'], secret: string): readonly string[] {
  // The name's own characters, so that `vault:lab` is not found in `vault:lab/password`.
  const reference = new RegExp(`vault:${secret.replaceAll('.', '\\.')}(?![-a-z0-9./])`);
  const named = (value: unknown): boolean => reference.test(JSON.stringify(value));
  return [
    ...clusters.list().flatMap(({ name, spec }) => (named(spec) ? [`cluster ${name}`] : [])),
    ...profiles.list().flatMap(({ name }) => (named(profiles.find(name)?.text ?? '') ? [`profile ${name}`] : [])),
    ...(named(preferences.get().registries) ? ['the registries of the settings'] : []),
  ];
}
