import type { Registry } from '#shared/spec/cluster.ts';
import type { ClusterRun } from '../cluster.ts';
import type { RegistryLogin } from '../ports.ts';

type Secrets = Pick<ClusterRun, 'inventory'>;

/** `undefined` where the registry needs none. Resolves a secret: never to be journaled or logged. */
export async function registryLogin(
  { inventory }: Secrets,
  { server, username, password }: Registry,
): Promise<RegistryLogin | undefined> {
  if (username === undefined || password === undefined) return undefined;
  return { server, username, password: await inventory.resolveSecret(password) };
}

/** By server; registries without a login are absent. */
export async function registryLogins(run: ClusterRun): Promise<ReadonlyMap<string, RegistryLogin>> {
  const logins = new Map<string, RegistryLogin>();
  for (const registry of run.cluster.spec.registries) {
    const login = await registryLogin(run, registry);
    if (login) logins.set(registry.server, login);
  }
  return logins;
}
