import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { request } from 'undici';
import type { SourcesPort } from '#main/cluster/ports.ts';
import { sourceErrors } from '#shared/errors/source.ts';

const longestBytes = 4 * 1024 * 1024;
const withinMs = 30_000;

/** Reads add-on manifests: files relative to the spec's folder, or URLs (verified TLS, no redirects to plain HTTP). */
export function manifestSources(folder: string): SourcesPort {
  return {
    async text(location, signal) {
      try {
        if (!/^https?:\/\//.test(location))
          return await readFile(resolve(folder, location), { encoding: 'utf8', signal });
        return await download(location, AbortSignal.any([signal, AbortSignal.timeout(withinMs)]));
      } catch (cause) {
        signal.throwIfAborted();
        const reason = cause instanceof Error ? cause.message : String(cause);
        throw sourceErrors.unreadable({ location, reason }, { cause });
      }
    },
  };
}

async function download(url: string, signal: AbortSignal): Promise<string> {
  const { statusCode, body } = await request(url, { signal });
  if (statusCode !== 200) throw new Error(`the server answered ${statusCode}`);
  let text = '';
  body.setEncoding('utf8');
  for await (const chunk of body) {
    text += String(chunk);
    if (text.length > longestBytes) throw new Error(`larger than ${longestBytes} bytes`);
  }
  return text;
}
