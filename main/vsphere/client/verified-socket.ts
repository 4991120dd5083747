import { connect as connectTcp, isIP, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls, createSecureContext, type SecureContext, type TLSSocket } from 'node:tls';
import { Client } from 'undici';
import { vsphereErrors } from '#shared/errors/vsphere.ts';
import { addressText, type VcenterAddress } from './address.ts';
import {
  describeCertificate,
  sameThumbprint,
  systemAuthorities,
  untrustedReason,
  type ServerCertificate,
  type Trust,
} from './certificate.ts';

export interface Dial {
  readonly address: VcenterAddress;
  readonly trust: Trust;
  /** `http://user:password@proxy:3128`. It sees the address only: what we say to vCenter is inside TLS. */
  readonly proxy?: string;
}

const dialMs = 15_000;

/**
 * A connection to a server that has been verified. Nothing but the TLS handshake has been sent on it, so no credential
 * can reach the wrong server. This is why undici's ProxyAgent is not used: it has no place for such a check between the
 * handshake and the first request. Its CONNECT is.
 * @throws `vsphere.certificate_untrusted`, `.certificate_changed`, `.unreachable`, `.proxy_…`; the signal's reason.
 */
export async function openVerified(dial: Dial, signal: AbortSignal): Promise<TLSSocket> {
  const socket = await openTls(dial, signal);
  try {
    verify(socket, dial);
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** Looks at the server's certificate and says nothing to it. For the person who is to approve it. */
export async function lookAtCertificate(dial: Omit<Dial, 'trust'>, signal: AbortSignal): Promise<ServerCertificate> {
  const socket = await openTls({ ...dial, trust: { kind: 'system' } }, signal);
  try {
    return certificateOf(socket, dial.address);
  } finally {
    socket.destroy();
  }
}

function verify(socket: TLSSocket, { address, trust }: Dial): void {
  const certificate = certificateOf(socket, address);
  const { thumbprint, subject, issuer, validTo } = certificate;
  const where = addressText(address);
  if (trust.kind === 'thumbprint') {
    if (sameThumbprint(thumbprint, trust.sha256)) return;
    throw vsphereErrors.certificate_changed({ address: where, expected: trust.sha256, thumbprint });
  }
  if (socket.authorized) return;
  // With rejectUnauthorized off Node leaves a code here, whatever its types say.
  const reason = untrustedReason(String(socket.authorizationError));
  throw vsphereErrors.certificate_untrusted({ address: where, reason, subject, issuer, validTo, thumbprint });
}

function certificateOf(socket: TLSSocket, address: VcenterAddress): ServerCertificate {
  const certificate = socket.getPeerX509Certificate();
  if (certificate) return describeCertificate(certificate);
  throw vsphereErrors.not_vcenter({ address: addressText(address), reason: 'it has no certificate' });
}

async function openTls(dial: Dial, signal: AbortSignal): Promise<TLSSocket> {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(dialMs)]);
  try {
    const stream = await (dial.proxy === undefined
      ? openTcp(dial.address, deadline)
      : openThroughProxy(dial.proxy, dial.address, deadline));
    return await handshake(stream, dial, deadline);
  } catch (error) {
    signal.throwIfAborted();
    throw unreachable(error, dial.address);
  }
}

function openTcp({ host, port }: VcenterAddress, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const socket = connectTcp({ host, port, noDelay: true });
    settleOnce(socket, signal, 'connect', () => resolve(socket), reject);
  });
}

async function openThroughProxy(proxy: string, address: VcenterAddress, signal: AbortSignal): Promise<Duplex> {
  const url = new URL(proxy);
  const client = new Client(url.origin);
  try {
    // A path with the port, always: what CONNECT wants.
    const target = addressText(address) + (address.port === 443 ? ':443' : '');
    const { socket, statusCode } = await client.connect({ path: target, headers: proxyHeaders(url, target), signal });
    if (statusCode === 200) return socket;
    socket.destroy();
    throw vsphereErrors.proxy_refused({ proxy: url.host, address: addressText(address), status: statusCode });
  } catch (error) {
    if (signal.aborted || !(error instanceof Error) || error.name === 'SlipwayError') throw error;
    throw vsphereErrors.proxy_unreachable({ proxy: url.host, reason: reasonOf(error) }, { cause: error });
  } finally {
    // The tunnel has left the client, so this ends only what was never used.
    void client.close();
  }
}

function proxyHeaders(url: URL, target: string): Record<string, string> {
  const { username, password } = url;
  if (username === '') return { host: target };
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { host: target, 'proxy-authorization': `Basic ${Buffer.from(pair).toString('base64')}` };
}

function handshake(stream: Duplex, { address, trust }: Dial, signal: AbortSignal): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connectTls({
      socket: stream,
      secureContext: contextOf(trust),
      // `verify` decides, before anybody gets the socket: it knows thumbprints, and can show what it refuses.
      rejectUnauthorized: false,
      host: address.host,
      ALPNProtocols: ['http/1.1'],
      // TLS forbids an IP address as the name.
      ...(isIP(address.host) ? {} : { servername: address.host }),
    });
    settleOnce(socket, signal, 'secureConnect', () => resolve(socket), reject);
  });
}

const contexts = new Map<string, SecureContext>();

/** Reading hundreds of CAs takes tens of milliseconds: once per kind of trust, not once per connection. */
function contextOf(trust: Trust): SecureContext {
  const key = trust.kind === 'ca' ? trust.pem : trust.kind;
  const known = contexts.get(key);
  if (known) return known;
  const ca = trust.kind === 'ca' ? trust.pem : trust.kind === 'system' ? systemAuthorities() : [];
  const made = createSecureContext({ minVersion: 'TLSv1.2', ca });
  contexts.set(key, made);
  return made;
}

/** Waits for one event of a socket, or its end. Later errors have a listener, or they would end the process. */
function settleOnce(
  socket: Socket,
  signal: AbortSignal,
  event: 'connect' | 'secureConnect',
  done: () => void,
  reject: (error: unknown) => void,
): void {
  const fail = (error: unknown): void => {
    signal.removeEventListener('abort', stop);
    socket.destroy();
    reject(error);
  };
  const stop = (): void => fail(signal.reason);
  const cut = (): void => fail(new Error('the connection was closed'));
  signal.addEventListener('abort', stop, { once: true });
  socket.on('error', fail);
  socket.once('close', cut);
  socket.once(event, () => {
    signal.removeEventListener('abort', stop);
    socket.off('close', cut);
    socket.off('error', fail);
    socket.on('error', () => undefined);
    done();
  });
}

function unreachable(error: unknown, address: VcenterAddress): unknown {
  if (error instanceof Error && error.name === 'SlipwayError') return error;
  return vsphereErrors.unreachable({ address: addressText(address), reason: reasonOf(error) }, { cause: error });
}

/** Node's codes of a connection that did not come about, in words. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return 'it takes too long';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return networkReasons[code] ?? (code === '' ? error.message : `${code} ${error.message}`.trim());
}

const networkReasons: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its name does not resolve',
  EAI_AGAIN: 'its name does not resolve now',
  ECONNREFUSED: 'it refuses connections',
  ECONNRESET: 'it closed the connection',
  UND_ERR_SOCKET: 'it closed the connection',
  EHOSTUNREACH: 'there is no route to it',
  ENETUNREACH: 'there is no route to it',
  ETIMEDOUT: 'it takes too long',
  UND_ERR_HEADERS_TIMEOUT: 'it takes too long',
  UND_ERR_BODY_TIMEOUT: 'it takes too long',
};
