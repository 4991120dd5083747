import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import * as v from 'valibot';
import type { Dispatcher } from '#main/rpc/dispatcher.ts';
import { type Fault, failureOf } from '#main/rpc/failures.ts';
import { connectionHeader, longestBodyBytes, sessionHeader } from '#shared/contract/envelope.ts';
import { contractVersion } from '#shared/contract/version.ts';
import { webErrors } from '#shared/errors/web.ts';
import { securityHeaders } from '../security-headers.ts';
import type { StaticFiles } from '../static-files.ts';
import { checkSource, readJson } from './guard.ts';
import { openPages } from './pages.ts';
import type { Sessions } from './sessions.ts';

export interface WebHostOptions {
  readonly dispatcher: Dispatcher;
  readonly sessions: Sessions;
  readonly files: StaticFiles;
  readonly onFault: (fault: Fault) => void;
}

export interface WebHost {
  readonly server: Server;
  /** Ends every page's connection, and then the server. */
  close(): Promise<void>;
}

const smallBodyBytes = 4096;
const SwapBody = v.strictObject({ token: v.pipe(v.string(), v.maxLength(256)) });

const statusOf: Readonly<Record<string, number>> = {
  'web.wrong_host': 403,
  'web.wrong_origin': 403,
  'web.no_session': 401,
  'web.no_connection': 404,
  'web.not_found': 404,
  'web.too_many_connections': 429,
  'web.too_large': 413,
  'web.bad_request': 400,
};

/** The contract and the built pages over HTTP, as `shared/contract/envelope.ts` says. Listens nowhere yet. */
export function createWebHost({ dispatcher, sessions, files, onFault }: WebHostOptions): WebHost {
  const pages = openPages(dispatcher, onFault);
  const never = new AbortController().signal;

  function sessionOf({ headers }: IncomingMessage): string {
    const session = headers[sessionHeader];
    if (typeof session !== 'string' || !sessions.knows(session)) throw webErrors.no_session({});
    return session;
  }

  async function swap(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = v.safeParse(SwapBody, await readJson(request, smallBodyBytes));
    if (!body.success) throw webErrors.bad_request({ reason: 'it has no token' });
    const session = sessions.swap(body.output.token);
    if (session === undefined) throw webErrors.no_session({});
    answerJson(response, 200, { session, contract: contractVersion });
  }

  async function post(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (path === '/session') return swap(request, response);
    if (path !== '/api/connect' && path !== '/api/send') throw webErrors.not_found({});
    const session = sessionOf(request); // before a byte of the body is read
    if (path === '/api/connect') {
      await readJson(request, smallBodyBytes);
      pages.connect(session, response);
      return;
    }
    const connection = request.headers[connectionHeader];
    pages.receive(session, String(connection), await readJson(request, longestBodyBytes));
    response.writeHead(204).end();
  }

  function get(path: string, request: IncomingMessage, response: ServerResponse): void {
    const file = files.get(path);
    if (!file) throw webErrors.not_found({});
    const caching = file.immutable ? { 'cache-control': 'public, max-age=31536000, immutable' } : {};
    response.writeHead(200, { ...caching, 'content-type': file.type, 'content-length': file.content.length });
    response.end(request.method === 'HEAD' ? undefined : file.content);
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    try {
      checkSource(request);
      if (request.method === 'POST') await post(path, request, response);
      else if (request.method === 'GET' || request.method === 'HEAD') get(path, request, response);
      else throw webErrors.not_found({});
    } catch (thrown) {
      if (response.headersSent || response.destroyed) {
        response.destroy();
        return;
      }
      const { error } = failureOf(thrown, { operation: 'http', signal: never }, onFault);
      // Whatever of a body is still on its way is not waited for.
      response.setHeader('connection', 'close');
      answerJson(response, statusOf[error.code] ?? 500, { error });
    }
  }

  const server = createServer({ headersTimeout: 10_000, requestTimeout: 30_000 }, (request, response) => {
    void handle(request, response);
  });
  server.maxConnections = 256;
  return {
    server,
    async close() {
      pages.close();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

function answerJson(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  response.end(text);
}
