import type { EtcdMember, EtcdPort } from '#main/cluster/ports.ts';
import { SlipwayError } from '#shared/errors/define.ts';
import { etcdErrors } from '#shared/errors/etcd.ts';
import type { HttpAnswer, HttpsConnections } from './https-connections.ts';
import { isRecord, parseJson, textOf } from './kube-json.ts';
import { isRefused } from './tunnel.ts';

/** `EtcdPort` over etcd's JSON gateway (etcd documentation, "API reference: gRPC gateway"); ids are decimal strings. */
export function etcdClient(connections: HttpsConnections): EtcdPort {
  const call = (machine: string, method: string, body: unknown, signal: AbortSignal): Promise<HttpAnswer> =>
    send(
      connections,
      machine,
      { method: 'POST', path: `/v3/cluster/member/${method}`, body: JSON.stringify(body) },
      signal,
    );
  return {
    health: (machine, signal) => health(connections, machine, signal),
    async members(machine, signal) {
      const answer = await call(machine, 'list', {}, signal);
      if (answer.status !== 200) throw etcdError(machine, 'list its members', answer);
      return parseMembers(machine, answer);
    },
    async addLearner(machine, peerUrl, signal) {
      const answer = await call(machine, 'add', { peerURLs: [peerUrl], isLearner: true }, signal);
      if (answer.status === 200) return;
      if (/already exists?\b/i.test(messageOf(answer))) throw etcdErrors.member_exists({ machine, peerUrl });
      throw etcdError(machine, `add the member ${peerUrl}`, answer);
    },
    async promote(machine, memberId, signal) {
      const answer = await call(machine, 'promote', { ID: memberId }, signal);
      // A lost answer makes us ask again; etcd then refuses because the member is a voting one already.
      if (answer.status === 200 || /can only promote a learner member$/.test(messageOf(answer))) return;
      if (isMissing(answer)) throw etcdErrors.member_missing({ machine, memberId });
      throw etcdError(machine, `promote the member ${memberId}`, answer);
    },
    async removeMember(machine, memberId, signal) {
      const answer = await call(machine, 'remove', { ID: memberId }, signal);
      if (answer.status === 200 || isMissing(answer)) return;
      throw etcdError(machine, `remove the member ${memberId}`, answer);
    },
  };
}

async function health(connections: HttpsConnections, machine: string, signal: AbortSignal) {
  try {
    const { status, body } = await connections.send(machine, { method: 'GET', path: '/health' }, signal);
    const answer = parseJson(body);
    // {"health":"true","reason":""}; without a leader HTTP 503 and {"health":"false","reason":"RAFT NO LEADER"}.
    const healthy = status === 200 && isRecord(answer) && textOf(answer['health']) === 'true';
    const reason = isRecord(answer) ? textOf(answer['reason']) : '';
    return { healthy, reason: healthy ? 'healthy' : reason || `HTTP ${String(status)}: ${body.slice(0, 200)}` };
  } catch (error) {
    signal.throwIfAborted();
    if (isRefused(error)) return { healthy: false, reason: 'nothing listens on its client port yet' };
    if (error instanceof SlipwayError) throw error;
    return { healthy: false, reason: error instanceof Error ? error.message : String(error) };
  }
}

async function send(
  connections: HttpsConnections,
  machine: string,
  request: { readonly method: 'POST'; readonly path: string; readonly body: string },
  signal: AbortSignal,
): Promise<HttpAnswer> {
  try {
    return await connections.send(machine, { ...request, contentType: 'application/json' }, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof SlipwayError && !isRefused(error)) throw error;
    const reason = isRefused(error) ? 'nothing listens on its client port' : messageOfFault(error);
    throw etcdErrors.unreachable({ machine, reason }, isRefused(error) ? { cause: error } : {});
  }
}

/** gRPC codes that pass by themselves: deadline exceeded, resource exhausted, failed precondition, aborted, unavailable. */
const passing = new Set([4, 8, 9, 10, 14]);

function etcdError(machine: string, what: string, answer: HttpAnswer): SlipwayError {
  const body = parseJson(answer.body);
  const code = isRecord(body) && typeof body['code'] === 'number' ? body['code'] : undefined;
  const params = { machine, what, message: messageOf(answer) };
  return passing.has(code ?? -1) || answer.status >= 500 ? etcdErrors.not_ready(params) : etcdErrors.refused(params);
}

function isMissing(answer: HttpAnswer): boolean {
  return /member not found/i.test(messageOf(answer));
}

/** `{"code":9,"message":"etcdserver: …"}`; older gateways say `error` instead. */
function messageOf({ status, body }: HttpAnswer): string {
  const answer = parseJson(body);
  const message = isRecord(answer) ? textOf(answer['message']) || textOf(answer['error']) : '';
  return message || `HTTP ${String(status)}: ${body.slice(0, 200)}`;
}

function messageOfFault(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function parseMembers(machine: string, answer: HttpAnswer): readonly EtcdMember[] {
  const body = parseJson(answer.body);
  if (!isRecord(body) || !Array.isArray(body['members'])) throw etcdError(machine, 'list its members', answer);
  const members: unknown[] = body['members'];
  return members
    .filter(isRecord)
    .map((member) => ({
      id: textOf(member['ID']),
      name: textOf(member['name']),
      peerUrls: Array.isArray(member['peerURLs']) ? member['peerURLs'].map(textOf) : [],
      learner: member['isLearner'] === true,
    }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}
