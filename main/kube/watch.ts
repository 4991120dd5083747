import type { Clock } from '#main/engine/clock.ts';
import type { KubeObject, ObjectRef } from '#main/cluster/ports.ts';
import { hasCode, SlipwayError } from '#shared/errors/define.ts';
import { kubeErrors } from '#shared/errors/kube.ts';
import { apiError } from './api-errors.ts';
import type { ApiServers } from './api-servers.ts';
import type { Discovery } from './discovery.ts';
import type { HttpStream } from './https-connections.ts';
import { isKubeObject, isRecord, parseJson, parseList, textOf } from './kube-json.ts';

export interface WatchDeps {
  readonly servers: ApiServers;
  readonly discovery: Discovery;
  readonly clock: Clock;
}

type Accept = (object: KubeObject | undefined) => boolean;

const firstPauseMs = 100;
const longestPauseMs = 2000;
/** In a row, without a sign of life between them: about 15 s, longer than a kube-apiserver takes to restart. */
const failuresAllowed = 10;
/** The API ends a watch by itself after this time; ours goes on from where it was. */
const watchSeconds = 290;

/**
 * List, then watch from the list's resourceVersion: nothing between the two is missed and nothing is polled. A watch
 * that ended goes on at its last version; after 410 Gone (the version is too old) or a lost connection the object is
 * read afresh.
 * @throws what `accept` throws; the signal's reason; an error of the API once it has lasted.
 */
export async function untilAccepted(
  deps: WatchDeps,
  ref: ObjectRef,
  accept: Accept,
  signal: AbortSignal,
): Promise<void> {
  let failures = 0;
  let verdictFault: unknown;
  const met: Accept = (object) => {
    failures = 0;
    try {
      return accept(object);
    } catch (error) {
      verdictFault = error;
      throw error;
    }
  };
  for (;;) {
    signal.throwIfAborted();
    try {
      if (await listAndWatch(deps, ref, met, signal)) return;
      failures += 1; // a server that ends every watch at once must not be asked without pause
    } catch (error) {
      signal.throwIfAborted();
      failures += 1;
      if (error === verdictFault || !mayPass(error) || failures > failuresAllowed) throw error;
    }
    await deps.clock.sleep(Math.min(firstPauseMs * 2 ** Math.max(0, failures - 1), longestPauseMs), signal);
  }
}

/** `false`: the object must be read afresh. */
async function listAndWatch(deps: WatchDeps, ref: ObjectRef, met: Accept, signal: AbortSignal): Promise<boolean> {
  const collection = await collectionOf(deps.discovery, ref, signal);
  if (collection === undefined) return met(undefined);
  const found = await readOne(deps.servers, collection, ref, signal);
  if (met(found.object)) return true;
  let version = found.resourceVersion;
  for (;;) {
    const stream = await deps.servers.open(watchPath(collection, ref.name, version), signal);
    const end = await follow(stream, ref, version, met, signal);
    if (end.kind === 'met') return true;
    if (end.kind === 'gone' || end.version === version) return false;
    version = end.version;
  }
}

/** A kind that the cluster does not know (yet) has no objects; there is nothing to watch, so it is asked again. */
async function collectionOf(discovery: Discovery, ref: ObjectRef, signal: AbortSignal): Promise<string | undefined> {
  try {
    return await discovery.collection(ref, signal);
  } catch (error) {
    if (hasCode(error, 'kube.unknown_kind')) return undefined;
    throw error;
  }
}

async function readOne(servers: ApiServers, collection: string, ref: ObjectRef, signal: AbortSignal) {
  const what = `watch ${ref.kind} ${ref.name}`;
  const answer = await servers.send({ method: 'GET', path: `${collection}?${selector(ref.name)}` }, signal);
  if (answer.status !== 200) throw apiError(what, answer);
  const { items, resourceVersion } = parseList(answer.body, ref, what);
  return { object: items.find((item) => item.metadata.name === ref.name), resourceVersion };
}

type WatchEnd =
  { readonly kind: 'met' } | { readonly kind: 'gone' } | { readonly kind: 'ended'; readonly version: string };

async function follow(
  stream: HttpStream,
  ref: ObjectRef,
  from: string,
  met: Accept,
  signal: AbortSignal,
): Promise<WatchEnd> {
  if (stream.status === 410) return { kind: 'gone' };
  const what = `watch ${ref.kind} ${ref.name}`;
  if (stream.status !== 200) throw apiError(what, { status: stream.status, body: await stream.body.text() });
  let version = from;
  for await (const line of lines(stream.body)) {
    signal.throwIfAborted();
    const event = parseJson(line);
    if (!isRecord(event)) throw kubeErrors.unexpected({ what, message: line.slice(0, 200) });
    if (event['type'] === 'ERROR') return errorEvent(what, event['object']);
    version = versionOf(event['object']) || version;
    if (event['type'] === 'BOOKMARK' || !isKubeObject(event['object'])) continue;
    if (met(event['type'] === 'DELETED' ? undefined : event['object'])) return { kind: 'met' };
  }
  return { kind: 'ended', version };
}

/** An ERROR event carries a metav1.Status; 410 is the usual one. */
function errorEvent(what: string, status: unknown): WatchEnd {
  const code = isRecord(status) && typeof status['code'] === 'number' ? status['code'] : 500;
  if (code === 410) return { kind: 'gone' };
  throw apiError(what, { status: code, body: JSON.stringify(status) });
}

function versionOf(object: unknown): string {
  return isRecord(object) && isRecord(object['metadata']) ? textOf(object['metadata']['resourceVersion']) : '';
}

function selector(name: string): string {
  return `fieldSelector=${encodeURIComponent(`metadata.name=${name}`)}`;
}

function watchPath(collection: string, name: string, version: string): string {
  const query = `resourceVersion=${encodeURIComponent(version)}&allowWatchBookmarks=true&timeoutSeconds=${String(watchSeconds)}`;
  return `${collection}?watch=1&${selector(name)}&${query}`;
}

async function* lines(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    rest += decoder.decode(chunk, { stream: true });
    const complete = rest.split('\n');
    rest = complete.pop() ?? '';
    yield* complete.filter((line) => line !== '');
  }
}

/** Network faults of Node and undici pass; of our own errors those whose table says so. */
function mayPass(error: unknown): boolean {
  return error instanceof SlipwayError ? error.data.retry !== 'never' : true;
}
