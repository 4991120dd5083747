import { securityHeaders } from '../security-headers.ts';
import type { StaticFiles } from '../static-files.ts';
import { isOwnPage } from './own-pages.ts';

/**
 * Answers requests of our own scheme from the built renderer, with the web host's headers. What is served is what was
 * found in its folder, by exact path: no path of a request reaches the file system.
 */
export function servePages(files: StaticFiles): (request: Pick<Request, 'url' | 'method'>) => Response {
  return ({ url, method }) => {
    if (!isOwnPage(url)) return refused(403);
    if (method !== 'GET' && method !== 'HEAD') return refused(405);
    const file = files.get(new URL(url).pathname);
    if (!file) return refused(404);
    const body = method === 'HEAD' ? null : new Uint8Array(file.content);
    return new Response(body, { headers: { ...securityHeaders, 'content-type': file.type } });
  };
}

function refused(status: number): Response {
  return new Response(null, { status, headers: securityHeaders });
}
