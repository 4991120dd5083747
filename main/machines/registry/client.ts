import type { RegistriesPort, RegistryLogin } from '#main/cluster/ports.ts';
import { registryErrors } from '#shared/errors/registry.ts';
import { SlipwayError } from '#shared/errors/define.ts';
import { type ImageReference, parseReference } from './reference.ts';
import { type Answer, requestThrough, type Tunnel } from './request.ts';

export interface RegistrySettings {
  readonly insecure: boolean;
  readonly ca: string | undefined;
}

const manifestTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

/** Where docker.io's images really are (distribution's own special case). */
const realServers: Readonly<Record<string, string>> = { 'docker.io': 'registry-1.docker.io' };

/** node:tls error codes that mean "not trusted", as opposed to "not there". */
const trustCodes = new Set([
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
]);

/**
 * Asks registries by the distribution API (v2) the way a machine would, so that a refused login or a missing image is
 * known before anything is changed.
 */
export function openRegistries(tunnel: Tunnel): RegistriesPort {
  return {
    async manifestDigest(machine, image, settings, login, signal) {
      const reference = parseReference(image);
      const server = realServers[reference.server] ?? reference.server;
      const url = new URL(
        `${settings.insecure ? 'http' : 'https'}://${server}/v2/${reference.repository}/manifests/${reference.version}`,
      );
      const ask = async (authorization: string | undefined): Promise<Answer> =>
        requestThrough(tunnel, machine, {
          method: 'HEAD',
          url,
          headers: { accept: manifestTypes, ...(authorization ? { authorization } : {}) },
          ca: settings.ca,
          signal,
        });
      try {
        let answer = await ask(undefined);
        if (answer.status === 401) {
          const challenge = String(answer.headers['www-authenticate'] ?? '');
          answer = await ask(await authorize(tunnel, machine, challenge, settings, login, signal));
        }
        return digestOf(answer, reference, image, login);
      } catch (error) {
        throw classify(error, reference.server, machine, signal);
      }
    },
  };
}

function digestOf(answer: Answer, { server }: ImageReference, image: string, login: RegistryLogin | undefined): string {
  if (answer.status === 200) return String(answer.headers['docker-content-digest'] ?? '');
  if (answer.status === 401 || answer.status === 403) {
    throw registryErrors.login_refused({ server, username: login?.username ?? 'anonymous' });
  }
  if (answer.status === 404) throw registryErrors.image_missing({ image, server });
  throw registryErrors.unexpected_answer({ server, status: answer.status, image });
}

/** The Authorization header for a challenge: Basic as it is, Bearer after a visit to its token server. */
async function authorize(
  tunnel: Tunnel,
  machine: string,
  challenge: string,
  settings: RegistrySettings,
  login: RegistryLogin | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  const basic = login ? `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}` : undefined;
  if (!/^bearer /i.test(challenge)) return basic;
  const parameters = new Map([...challenge.matchAll(/(\w+)="([^"]*)"/g)].map((m) => [m[1] ?? '', m[2] ?? '']));
  const url = new URL(parameters.get('realm') ?? '');
  // The login goes to the realm: never over plain HTTP for a registry that is spoken to by TLS.
  if (url.protocol !== 'https:' && !settings.insecure) return undefined;
  for (const name of ['service', 'scope']) {
    const value = parameters.get(name);
    if (value) url.searchParams.set(name, value);
  }
  const answer = await requestThrough(tunnel, machine, {
    method: 'GET',
    url,
    headers: basic ? { authorization: basic } : {},
    ca: settings.ca,
    signal,
  });
  if (answer.status !== 200) return undefined;
  const token: unknown = JSON.parse(answer.body);
  if (typeof token !== 'object' || token === null) return undefined;
  const value = 'token' in token ? token.token : 'access_token' in token ? token.access_token : undefined;
  return typeof value === 'string' ? `Bearer ${value}` : undefined;
}

function classify(error: unknown, server: string, machine: string, signal: AbortSignal): unknown {
  if (error instanceof SlipwayError || signal.aborted) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const reason = error instanceof Error ? error.message : String(error);
  if (trustCodes.has(code))
    return registryErrors.untrusted({ server, reason: `${reason} (${code})` }, { cause: error });
  return registryErrors.unreachable({ server, machine, reason }, { cause: error });
}
