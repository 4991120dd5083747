import type { Registry } from '#shared/spec/cluster.ts';
import type { RegistryLogin, RemoteFile } from '../ports.ts';
import { certsFolder, tomlString } from './containerd-config.ts';

const encoder = new TextEncoder();

/**
 * How containerd reaches each registry: `certs.d/<host>/hosts.toml` (containerd's docs/hosts.md). Read at each pull, so
 * no restart is needed. Mode 0600: a login stands in it.
 * @param logins by server.
 */
export function registryHostFiles(
  registries: readonly Registry[],
  logins: ReadonlyMap<string, RegistryLogin>,
): readonly RemoteFile[] {
  const own = registries.flatMap((registry) => [
    file(registry.server, ownHost(registry, logins.get(registry.server))),
    ...(registry.ca === undefined ? [] : [caFile(registry.server, registry.ca)]),
  ]);
  const mirrored = [...new Set(registries.flatMap(({ mirrorOf }) => mirrorOf))].sort();
  const mirrors = mirrored.map((host) => {
    const serving = registries.filter(({ mirrorOf }) => mirrorOf.includes(host));
    return file(host, mirrorHost(host, serving, logins));
  });
  return [...own, ...mirrors];
}

/** Docker's own folder for private CAs (docs.docker.com, "Verify repository client with certificates"). */
export function dockerCaFiles(registries: readonly Registry[]): readonly RemoteFile[] {
  return registries.flatMap(({ server, ca }) =>
    ca === undefined
      ? []
      : [{ path: `/etc/docker/certs.d/${server}/ca.crt`, content: encoder.encode(ca), mode: 0o644 }],
  );
}

function file(host: string, lines: readonly string[]): RemoteFile {
  const content = encoder.encode([...lines, ''].join('\n'));
  return { path: `${certsFolder}/${host}/hosts.toml`, content, mode: 0o600 };
}

function caFile(server: string, ca: string): RemoteFile {
  return { path: caPath(server), content: encoder.encode(ca), mode: 0o644 };
}

function caPath(server: string): string {
  return `${certsFolder}/${server}/ca.crt`;
}

/** Its own block although `server` names it, too: containerd 1.7 refuses a file without any `[host]`. */
function ownHost(registry: Registry, login: RegistryLogin | undefined): readonly string[] {
  return [`server = ${tomlString(urlOf(registry))}`, ...hostBlock(registry, login)];
}

function mirrorHost(
  host: string,
  serving: readonly Registry[],
  logins: ReadonlyMap<string, RegistryLogin>,
): readonly string[] {
  // Docker Hub's API is not at the name that stands in images.
  const upstream = host === 'docker.io' ? 'registry-1.docker.io' : host;
  const blocks = serving.flatMap((registry) => hostBlock(registry, logins.get(registry.server)));
  return [`server = ${tomlString(`https://${upstream}`)}`, ...blocks];
}

function hostBlock(registry: Registry, login: RegistryLogin | undefined): readonly string[] {
  const table = `host.${tomlString(urlOf(registry))}`;
  return [
    '',
    `[${table}]`,
    '  capabilities = ["pull", "resolve"]',
    ...(registry.ca === undefined ? [] : [`  ca = ${tomlString(caPath(registry.server))}`]),
    ...(login ? [`  [${table}.header]`, `    Authorization = ${tomlString(basic(login))}`] : []),
  ];
}

function urlOf({ server, insecure }: Registry): string {
  return `${insecure ? 'http' : 'https'}://${server}`;
}

function basic({ username, password }: RegistryLogin): string {
  const bytes = encoder.encode(`${username}:${password}`);
  return `Basic ${btoa(String.fromCharCode(...bytes))}`;
}
