import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { type Connection, openConnection } from '#main/rpc/connection.ts';
import type { Dispatcher } from '#main/rpc/dispatcher.ts';
import type { Fault } from '#main/rpc/failures.ts';
import { contractVersion } from '#shared/contract/version.ts';
import type { ServerFrame } from '#shared/contract/envelope.ts';
import { webErrors } from '#shared/errors/web.ts';

const mostPages = 32;
/** Shorter than what proxies and firewalls forget a silent connection after. */
const beatMs = 15_000;
const mostFrames = 1000;

/** The open pages: each has one long response for what goes to it, and short requests for what comes. */
export interface Pages {
  /** Takes the response over until the page goes. @throws `web.too_many_connections` */
  connect(session: string, response: ServerResponse): void;
  /** @throws `web.no_connection`, `web.bad_request` */
  receive(session: string, connection: string, frames: unknown): void;
  /** Ends all of them. */
  close(): void;
}

interface Page {
  readonly session: string;
  readonly connection: Connection;
  readonly response: ServerResponse;
}

export function openPages(dispatcher: Dispatcher, onFault: (fault: Fault) => void): Pages {
  const pages = new Map<string, Page>();
  return {
    connect(session, response) {
      if (pages.size >= mostPages) throw webErrors.too_many_connections({ limit: mostPages });
      const id = randomBytes(16).toString('base64url');
      const send = (frame: ServerFrame): void => {
        if (!response.writableEnded && !response.destroyed) response.write(`${JSON.stringify(frame)}\n`);
      };
      const connection = openConnection(dispatcher, { send, ready: () => drained(response) }, onFault);
      pages.set(id, { session, connection, response });
      const beat = setInterval(() => send({ type: 'beat' }), beatMs);
      response.on('close', () => {
        clearInterval(beat);
        pages.delete(id);
        connection.close();
      });
      response.writeHead(200, { 'content-type': 'application/x-ndjson' });
      send({ type: 'hello', connection: id, contract: contractVersion });
    },
    receive(session, id, frames) {
      const page = pages.get(id);
      // Of another tab's session it is no more known than one that never was.
      if (page?.session !== session) throw webErrors.no_connection({});
      if (!Array.isArray(frames) || frames.length > mostFrames) {
        throw webErrors.bad_request({ reason: `it is no list of at most ${mostFrames} frames` });
      }
      for (const frame of frames) page.connection.receive(frame);
    },
    close() {
      for (const { response } of pages.values()) response.end();
    },
  };
}

/** As long as the page does not read, nothing more is made for it. */
async function drained(response: ServerResponse): Promise<void> {
  if (!response.writableNeedDrain || response.destroyed) return;
  const over = new AbortController();
  const { signal } = over;
  await Promise.race([once(response, 'drain', { signal }), once(response, 'close', { signal })]).catch(() => undefined);
  over.abort();
}
