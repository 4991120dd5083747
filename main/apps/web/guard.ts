import type { IncomingMessage } from 'node:http';
import { webErrors } from '#shared/errors/web.ts';

/**
 * Names of this computer's own loopback, with any port: through `ssh -L` the browser sees the port of its own end. A page
 * elsewhere whose name was made to point here (DNS rebinding) still says its own name.
 */
const ownHost = /^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/;

/** @throws `web.wrong_host`, `web.wrong_origin` */
export function checkSource(request: IncomingMessage): void {
  const { host, origin } = request.headers;
  if (host === undefined || !ownHost.test(host)) throw webErrors.wrong_host({});
  if (request.method !== 'POST') return;
  // Programs send none; a browser always does with a POST, and no page can change it.
  if (origin !== undefined && origin !== `http://${host}`) throw webErrors.wrong_origin({});
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin') throw webErrors.wrong_origin({});
}

/** The JSON of a body; not a byte more than the limit is kept. @throws `web.too_large`, `web.bad_request` */
export async function readJson(request: IncomingMessage, limit: number): Promise<unknown> {
  if (request.headers['content-type']?.split(';', 1)[0]?.trim() !== 'application/json') {
    throw webErrors.bad_request({ reason: 'its content type is not application/json' });
  }
  if (Number(request.headers['content-length'] ?? 0) > limit) throw webErrors.too_large({ limit });
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > limit) throw webErrors.too_large({ limit });
    chunks.push(chunk);
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)));
  } catch (cause) {
    throw webErrors.bad_request({ reason: 'its body is not JSON' }, { cause });
  }
}
