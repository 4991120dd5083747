import type { Duplex } from 'node:stream';
import ssh2 from 'ssh2';
import type { Client, ServerHostKeyAlgorithm } from 'ssh2';
import type { SlipwayError } from '#shared/errors/define.ts';
import { sshErrors } from '#shared/errors/ssh.ts';
import { prepareLogin, type Login, type ResolveSecret } from './authentication.ts';
import { loginWithCertificate } from './certificate.ts';
import { connectError } from './classify.ts';
import {
  fingerprint,
  keyType,
  parsePin,
  publicKeyLine,
  type ApproveHostKey,
  type KnownHosts,
  type Pin,
} from './known-hosts.ts';
import type { Endpoint } from './settings.ts';

export interface DialWith {
  readonly knownHosts: KnownHosts;
  readonly resolveSecret: ResolveSecret;
  readonly approveHostKey: ApproveHostKey;
  /** For the whole way from the first packet to being logged in. */
  readonly connectMs: number;
  /** A fresh way to the machine through its bastion; `undefined` = directly by TCP. */
  readonly openSocket: (() => Promise<Duplex>) | undefined;
  readonly signal: AbortSignal;
}

/**
 * Logs in to an sshd whose host key we know. On first use the key is shown for approval while nothing is connected
 * (sshd closes a login that waits for a person), then pinned, then dialled again with it.
 * @throws errors of `sshErrors`.
 */
export async function dial(endpoint: Endpoint, how: DialWith): Promise<Client> {
  const login = await prepareLogin(endpoint, how.resolveSecret);
  const { address, port, name } = endpoint;
  const pinned = how.knownHosts.find(address, port);
  const pin = expectedKey(endpoint.hostKey, pinned);
  if (!pin) {
    const found = await presentedKey(endpoint, login, how);
    const shown = { address, keyType: keyType(found), fingerprint: fingerprint(found) };
    if (!(await how.approveHostKey(name, shown.fingerprint, shown.keyType)))
      throw sshErrors.host_key_unknown(shown, { target: name });
    how.knownHosts.pin(address, port, publicKeyLine(found), 'approved');
    return (await attempt(endpoint, login, how, parsePin(publicKeyLine(found)))).client;
  }
  const { client, key } = await attempt(endpoint, login, how, pin);
  if (endpoint.hostKey !== undefined && pinned !== publicKeyLine(key))
    how.knownHosts.pin(address, port, publicKeyLine(key), 'given');
  return client;
}

/** The spec's word comes first. A fingerprint alone does not tell the key's type; a matching pinned key does. */
function expectedKey(given: string | undefined, pinned: string | undefined): Pin | undefined {
  const known = pinned === undefined ? undefined : parsePin(pinned);
  if (given === undefined) return known;
  const wanted = parsePin(given);
  return wanted.kind === 'fingerprint' && known?.fingerprint === wanted.fingerprint ? known : wanted;
}

interface LoggedIn {
  readonly client: Client;
  readonly key: Buffer;
}

/**
 * A server has several host keys and shows the one whose type we ask for, so we ask for the pinned key's type; else
 * a second key of the same machine would look like a change.
 */
async function attempt(endpoint: Endpoint, login: Login, how: DialWith, pin: Pin): Promise<LoggedIn> {
  let seen: Buffer | undefined;
  for (const types of pin.kind === 'key' ? [algorithmsOf(pin.type)] : allTypes) {
    const outcome = await connect(endpoint, login, how, types, (key) => fingerprint(key) === pin.fingerprint);
    if (outcome.kind === 'ready') return outcome;
    seen ??= outcome.key;
    if (outcome.key === undefined && !outcome.atHandshake) throw outcome.error;
  }
  // Nothing shown: the server no longer has a key of that type. What does it have?
  seen ??= await presentedKey(endpoint, login, how);
  const params = { address: endpoint.address, expected: pin.fingerprint, found: fingerprint(seen) };
  throw sshErrors.host_key_changed(params, { target: endpoint.name });
}

/** The key that the server shows first, by a handshake that goes no further. */
async function presentedKey(endpoint: Endpoint, login: Login, how: DialWith): Promise<Buffer> {
  const outcome = await connect(endpoint, login, how, undefined, () => false);
  if (outcome.kind === 'failed' && outcome.key !== undefined) return outcome.key;
  throw outcome.kind === 'failed' ? outcome.error : new Error('a connection without host key check');
}

type Outcome =
  | ({ readonly kind: 'ready' } & LoggedIn)
  | {
      readonly kind: 'failed';
      readonly error: SlipwayError;
      /** The host key, where `accept` refused it. */
      readonly key: Buffer | undefined;
      /** Failed before a key was shown, while algorithms were agreed on. */
      readonly atHandshake: boolean;
    };

const keepAliveMs = 5_000;

async function connect(
  endpoint: Endpoint,
  login: Login,
  how: DialWith,
  serverHostKey: ServerHostKeyAlgorithm[] | undefined,
  accept: (key: Buffer) => boolean,
): Promise<Outcome> {
  how.signal.throwIfAborted();
  const sock = await how.openSocket?.();
  const client = new ssh2.Client();
  const startedAt = performance.now();
  const { promise, resolve, reject } = Promise.withResolvers<Outcome>();
  let shown: Buffer | undefined;
  let refused: Buffer | undefined;
  let first: unknown;
  const fail = () => {
    const waitedMs = Math.min(Math.ceil(performance.now() - startedAt), how.connectMs);
    const error = connectError(first ?? new Error('the connection was closed'), endpoint, login, waitedMs);
    resolve({ kind: 'failed', error, key: refused, atHandshake: error.code === 'ssh.handshake_failed' && !shown });
  };
  const onAbort = () => {
    reject(how.signal.reason);
    client.destroy();
  };
  how.signal.addEventListener('abort', onAbort, { once: true });
  client
    .on('error', (error) => {
      first ??= error;
      fail();
      client.destroy();
    })
    .on('close', fail)
    .on('ready', () => resolve({ kind: 'ready', client, key: shown ?? Buffer.alloc(0) }))
    .connect({
      host: endpoint.address,
      port: endpoint.port,
      username: endpoint.user,
      authHandler: login.authHandler,
      readyTimeout: how.connectMs,
      keepaliveInterval: keepAliveMs,
      keepaliveCountMax: 3,
      hostVerifier: (key: Buffer) => {
        shown = Buffer.from(key);
        const accepted = accept(shown);
        if (!accepted) refused = shown;
        return accepted;
      },
      ...(serverHostKey ? { algorithms: { serverHostKey } } : {}),
      ...(sock ? { sock } : {}),
    });
  if (login.certificate) loginWithCertificate(client, login.certificate);
  return promise.finally(() => how.signal.removeEventListener('abort', onAbort));
}

const allTypes: readonly ServerHostKeyAlgorithm[][] = [
  ['ssh-ed25519'],
  ['ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521'],
  ['rsa-sha2-512', 'rsa-sha2-256'],
];

/** An RSA key signs with SHA-2 only; `ssh-rsa` is its name, not its algorithm (RFC 8332). */
function algorithmsOf(type: string): ServerHostKeyAlgorithm[] | undefined {
  if (type === 'ssh-rsa') return ['rsa-sha2-512', 'rsa-sha2-256'];
  return allTypes.flat().filter((algorithm) => algorithm === type);
}
