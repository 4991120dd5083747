import type { Clock } from '#main/engine/clock.ts';
import type { KubeObject, KubePort, ObjectRef } from '#main/cluster/ports.ts';
import { hasCode, SlipwayError } from '#shared/errors/define.ts';
import { kubeErrors } from '#shared/errors/kube.ts';
import { apiError } from './api-errors.ts';
import type { ApiServers } from './api-servers.ts';
import { Discovery } from './discovery.ts';
import type { HttpAnswer } from './https-connections.ts';
import { isRecord, parseJson, parseList, parseObject, textOf } from './kube-json.ts';
import { isRefused } from './tunnel.ts';
import { untilAccepted } from './watch.ts';

const fieldManager = 'slipway';
const pageSize = 500;

/** `KubePort` over the API's own HTTP interface. */
export function kubeClient(servers: ApiServers, clock: Clock): KubePort {
  const discovery = new Discovery(servers);
  return {
    readyz: (machine, signal) => readyz(servers, machine, signal),
    async get(ref, signal) {
      const path = await absentIfUnknown(discovery.path(ref, signal));
      if (path === undefined) return undefined;
      const answer = await servers.send({ method: 'GET', path }, signal);
      if (answer.status === 404) return undefined;
      return parseObject(succeeded(`get ${title(ref)}`, answer), `get ${title(ref)}`);
    },
    list: (query, signal) => list(servers, discovery, query, signal),
    async apply(object, signal) {
      const what = `apply ${title(refOf(object))}`;
      const path = await discovery.path(refOf(object), signal);
      const answer = await servers.send(
        {
          method: 'PATCH',
          path: `${path}?fieldManager=${fieldManager}&force=true`,
          contentType: 'application/apply-patch+yaml', // JSON is YAML
          body: JSON.stringify(object),
        },
        signal,
      );
      return parseObject(succeeded(what, answer), what);
    },
    async remove(ref, signal) {
      const path = await absentIfUnknown(discovery.path(ref, signal));
      if (path === undefined) return;
      const body = JSON.stringify({ kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: propagation(ref) });
      const answer = await servers.send({ method: 'DELETE', path, contentType: 'application/json', body }, signal);
      if (answer.status === 404) return;
      const uid = deletedUid(succeeded(`remove ${title(ref)}`, answer));
      // Somebody may make one of the same name at once (a controller does): ours is gone all the same.
      const gone = (object: KubeObject | undefined): boolean =>
        object === undefined || (uid !== '' && object.metadata['uid'] !== uid);
      await untilAccepted({ servers, discovery, clock }, ref, gone, signal);
    },
    until: (ref, accept, signal) => untilAccepted({ servers, discovery, clock }, ref, accept, signal),
    async podLogs(namespace, pod, tailLines, signal) {
      const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/log`;
      const answer = await servers.send({ method: 'GET', path: `${path}?tailLines=${String(tailLines)}` }, signal);
      return succeeded(`read the log of Pod ${namespace}/${pod}`, answer)
        .split('\n')
        .filter((line) => line !== '');
    },
  };
}

/** "ConfigMap kube-system/coredns". */
export function title({ kind, namespace, name }: Pick<ObjectRef, 'kind' | 'namespace' | 'name'>): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

async function readyz(servers: ApiServers, machine: string, signal: AbortSignal) {
  try {
    const { status, body } = await servers.sendTo(machine, { method: 'GET', path: '/readyz' }, signal);
    if (status === 401) throw kubeErrors.unauthorised({ machine, what: '/readyz' });
    return { ready: status === 200, reason: status === 200 ? 'ok' : `HTTP ${String(status)}: ${failedChecks(body)}` };
  } catch (error) {
    signal.throwIfAborted();
    if (isRefused(error)) return { ready: false, reason: 'nothing listens on its port yet' };
    if (error instanceof SlipwayError) throw error;
    // It answered and hung up: it is starting or stopping.
    return { ready: false, reason: error instanceof Error ? error.message : String(error) };
  }
}

/** `/readyz` lists its checks, `[-]` in front of those that failed. */
function failedChecks(body: string): string {
  const failed = body.split('\n').filter((line) => line.startsWith('[-]'));
  return failed.length > 0 ? failed.join('; ') : body.slice(0, 200);
}

async function list(
  servers: ApiServers,
  discovery: Discovery,
  query: Parameters<KubePort['list']>[0],
  signal: AbortSignal,
): Promise<readonly KubeObject[]> {
  const path = await absentIfUnknown(discovery.collection(query, signal, 'allNamespaces'));
  if (path === undefined) return [];
  const what = `list ${query.kind}`;
  const selector = query.labelSelector === undefined ? '' : `&labelSelector=${encodeURIComponent(query.labelSelector)}`;
  const found: KubeObject[] = [];
  let next = '';
  do {
    const page = next === '' ? '' : `&continue=${encodeURIComponent(next)}`;
    const url = `${path}?limit=${String(pageSize)}${selector}${page}`;
    const { items, continueToken } = parseList(
      succeeded(what, await servers.send({ method: 'GET', path: url }, signal)),
      query,
      what,
    );
    found.push(...items);
    next = continueToken;
  } while (next !== '');
  return found;
}

/** A kind that a fresh discovery does not show has no objects: an observation, not a failed look. */
async function absentIfUnknown(path: Promise<string>): Promise<string | undefined> {
  try {
    return await path;
  } catch (error) {
    if (hasCode(error, 'kube.unknown_kind')) return undefined;
    throw error;
  }
}

function succeeded(what: string, answer: HttpAnswer): string {
  if (answer.status >= 200 && answer.status < 300) return answer.body;
  throw apiError(what, answer);
}

function refOf({ apiVersion, kind, metadata }: KubeObject): ObjectRef {
  const { name, namespace } = metadata;
  return { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) };
}

/**
 * A Job's pods belong to it by its uid, so another of its name may start while they end; waiting for them could take
 * for ever when their node is dead.
 */
function propagation({ apiVersion, kind }: ObjectRef): 'Background' | 'Foreground' {
  return apiVersion === 'batch/v1' && kind === 'Job' ? 'Background' : 'Foreground';
}

/** DELETE answers with the object while finalizers hold it, and with a Status that names it otherwise. */
function deletedUid(body: string): string {
  const answer = parseJson(body);
  if (!isRecord(answer)) return '';
  const holder = answer['kind'] === 'Status' ? answer['details'] : answer['metadata'];
  return isRecord(holder) ? textOf(holder['uid']) : '';
}
