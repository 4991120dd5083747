import { request } from 'node:http';
import type { Duplex } from 'node:stream';
import { connect as tlsConnect, getCACertificates, type TLSSocket } from 'node:tls';

/** Opens a byte stream from a machine to host:port, through that machine's SSH connection. */
export type Tunnel = (machine: string, host: string, port: number, signal: AbortSignal) => Promise<Duplex>;

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface Request {
  readonly method: 'GET' | 'HEAD';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** PEM of a private CA, trusted beside the system's. */
  readonly ca: string | undefined;
  readonly signal: AbortSignal;
}

const longestAnswerBytes = 1024 * 1024;

/**
 * One HTTP request as the machine itself would make it: the connection is a tunnel through it. The server's certificate
 * is always verified, before a byte of the request is sent. Rejects with Node's own error.
 */
export async function requestThrough(tunnel: Tunnel, machine: string, asked: Request): Promise<Answer> {
  const { url, signal } = asked;
  const secure = url.protocol === 'https:';
  const stream = await tunnel(machine, url.hostname, Number(url.port || (secure ? 443 : 80)), signal);
  const socket = secure ? await verified(stream, url.hostname, asked.ca) : stream;
  try {
    return await exchange(socket, asked);
  } finally {
    socket.destroy();
    stream.destroy();
  }
}

function verified(stream: Duplex, hostname: string, ca: string | undefined): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const trusted = [...getCACertificates('default'), ...getCACertificates('system'), ...(ca ? [ca] : [])];
    const isAddress = /^[\d.]+$|:/.test(hostname);
    const socket = tlsConnect({
      socket: stream,
      host: hostname,
      ca: trusted,
      // SNI must not carry an address (RFC 6066); the certificate is checked against `host` all the same.
      ...(isAddress ? {} : { servername: hostname }),
    });
    socket.once('secureConnect', () => resolve(socket));
    socket.once('error', reject);
  });
}

function exchange(socket: Duplex, { method, url, headers, signal }: Request): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({
      method,
      createConnection: () => socket,
      path: url.pathname + url.search,
      headers: { host: url.host, 'user-agent': 'slipway', connection: 'close', ...headers },
      signal,
    });
    sent.once('error', reject);
    sent.once('response', (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        body += chunk;
        if (body.length > longestAnswerBytes) response.destroy(new Error('answer too long'));
      });
      response.once('error', reject);
      response.once('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
    });
    sent.end();
  });
}
