import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect, type TLSSocket } from 'node:tls';
import { kubeErrors } from '#shared/errors/kube.ts';
import type { Tunnel } from './tunnel.ts';

/** PEM texts. Without `client` the server is verified and we stay anonymous. */
export interface Identity {
  readonly ca: string;
  readonly client?: { readonly certificate: string; readonly key: string };
}

export interface Endpoint {
  readonly machine: string;
  readonly host: string;
  readonly port: number;
  /** Name or address that the server's certificate must have. */
  readonly serverName: string;
}

const handshakeMs = 10_000;

/**
 * TLS inside a tunnel. Resolves only after the server has been verified, so nothing is ever sent to a wrong one.
 * @throws `kube.tls` when its certificate is not from `ca` or not for `serverName`; what the tunnel throws.
 */
export async function connectTls(
  tunnel: Tunnel,
  endpoint: Endpoint,
  identity: Identity,
  signal: AbortSignal,
): Promise<TLSSocket> {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(handshakeMs)]);
  const stream = await tunnel(endpoint.machine, endpoint.host, endpoint.port, deadline);
  try {
    return await handshake(stream, endpoint, identity, deadline);
  } catch (error) {
    stream.destroy();
    throw error;
  }
}

function handshake(stream: Duplex, endpoint: Endpoint, identity: Identity, signal: AbortSignal): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const socket = connect({
      socket: stream,
      ca: identity.ca,
      ...(identity.client ? { cert: identity.client.certificate, key: identity.client.key } : {}),
      minVersion: 'TLSv1.2',
      rejectUnauthorized: true,
      // `host` decides what the certificate must name; TLS forbids an address as `servername`.
      host: endpoint.serverName,
      ...(isIP(endpoint.serverName) ? {} : { servername: endpoint.serverName }),
    });
    const stop = (): void => {
      socket.destroy();
      reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    };
    signal.addEventListener('abort', stop, { once: true });
    const fail = (error: Error): void => {
      signal.removeEventListener('abort', stop);
      socket.destroy();
      reject(tlsFault(error, endpoint));
    };
    const cut = (): void => fail(new Error('the connection was closed during the TLS handshake'));
    socket.once('error', fail);
    socket.once('close', cut);
    socket.once('secureConnect', () => {
      signal.removeEventListener('abort', stop);
      socket.off('error', fail);
      socket.off('close', cut);
      // Between here and the first request nobody else listens, and an unheard 'error' would end the process.
      socket.on('error', () => undefined);
      resolve(socket);
    });
  });
}

/** A server that fails verification is a finding; a connection that breaks is not. */
function tlsFault(error: Error, { machine, host, port, serverName }: Endpoint): Error {
  const code = errorCode(error);
  if (code === undefined || /^(ECONN|EPIPE|ETIMEDOUT|ABORT_ERR)/.test(code)) return error;
  const reason = verificationFaults[code] ?? code;
  return kubeErrors.tls({ machine, serverName, endpoint: `${host}:${String(port)}`, reason });
}

/** Node's and OpenSSL's codes (Node documentation, "X509 certificate error codes"). */
const verificationFaults: Readonly<Record<string, string>> = {
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate is not from the cluster's CA",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "its certificate is not from the cluster's CA",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate is not from the cluster's CA",
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by itself',
  CERT_SIGNATURE_FAILURE: "its certificate is not from the cluster's CA",
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet (wrong clock?)',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
};

export function errorCode(thrown: unknown): string | undefined {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined;
}
