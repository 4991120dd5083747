import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Place } from '#main/apps/web/options.ts';
import { type StartedHost, startHost } from '#main/apps/web/start-host.ts';
import type { Slipway } from '#main/api/slipway.ts';
import { createClient } from '#shared/contract/client.ts';
import { sessionHeader } from '#shared/contract/envelope.ts';
import { httpPort } from '#shared/contract/http-port.ts';
import type { Client } from '#shared/contract/index.ts';
import { refusing } from '../../unit/apps/cli/fake-slipway.ts';

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-web-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export interface Hosted {
  readonly host: StartedHost;
  readonly origin: string;
  readonly home: string;
  readonly log: string[];
  /** Ended before the test's own end. */
  readonly close: StartedHost['close'];
}

/** A web host with two pages over a Slipway that refuses whatever the test did not script. */
export async function hosted(slipway: Partial<Slipway>, place: Place = { kind: 'port', port: 0 }): Promise<Hosted> {
  const home = slipway.home ?? (await temporaryFolder());
  const renderer = join(await temporaryFolder(), 'dist');
  await mkdir(join(renderer, 'assets'), { recursive: true });
  await writeFile(join(renderer, 'index.html'), '<!doctype html><title>Slipway</title>');
  await writeFile(join(renderer, 'assets', 'index-B4x_9Qd2.js'), 'export {};');
  await writeFile(join(renderer, '..', 'secret.js'), 'secret');
  const log: string[] = [];
  const host = await startHost({
    slipway: { ...refusing, ...slipway, home },
    place,
    folder: home,
    kubeconfigPath: join(home, 'kubeconfig'),
    productVersion: '1.2.3',
    renderer,
    now: () => 0,
    log: (line) => log.push(line),
  });
  let closed: ReturnType<StartedHost['close']> | undefined;
  const close = () => (closed ??= host.close());
  onTestFinished(async () => {
    await close();
  });
  const origin = host.place.kind === 'port' ? `http://127.0.0.1:${host.place.port}` : '';
  return { host, origin, home, log, close };
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A request as no browser would send it: any header, any path, unchanged. */
export function rawRequest(
  { host }: Pick<Hosted, 'host'>,
  path: string,
  {
    body,
    ...options
  }: { readonly method?: string; readonly headers?: Record<string, string>; readonly body?: string } = {},
): Promise<Answer> {
  const { place } = host;
  const where = place.kind === 'port' ? { host: '127.0.0.1', port: place.port } : { socketPath: place.path };
  return new Promise((resolve, reject) => {
    const request = httpRequest({ ...where, path, ...options }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => (text += String(chunk)));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
    });
    request.on('error', reject);
    request.end(body);
  });
}

export const json = { 'content-type': 'application/json' };

/** Swaps the one-time token. */
export async function signIn(hosted: Hosted): Promise<string> {
  const answer = await rawRequest(hosted, '/session', {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ token: hosted.host.token() }),
  });
  return (JSON.parse(answer.body) as { readonly session: string }).session;
}

/** What the renderer uses, over real HTTP. */
export async function clientOf(hosted: Hosted): Promise<Client> {
  const session = await signIn(hosted);
  const port = httpPort({ fetch, origin: hosted.origin, headers: () => ({ [sessionHeader]: session }) });
  onTestFinished(() => port[Symbol.dispose]());
  return createClient(port);
}
