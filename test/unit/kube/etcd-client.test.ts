import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HttpsConnections } from '#main/kube/https-connections.ts';
import { etcdClient } from '#main/kube/etcd-client.ts';
import { clusterCa, type FakeServer, fakeServer, json, tunnelTo } from './fake-servers.ts';

const { signal } = new AbortController();
const client = clusterCa.issue({ commonName: 'etcd-client' });
const connect = (server: FakeServer | undefined) =>
  new HttpsConnections(
    (machine, host) => tunnelTo(server, machine, host),
    { port: 2379, serverName: '127.0.0.1' },
    () => Promise.resolve({ ca: clusterCa.ca, client }),
  );
// Answers as recorded from etcd 3.6.8 on 2026-11-22.
const refusal = (code: number, message: string, status = 400) => json({ code, message, details: [] }, status);

let server: FakeServer;
let connections: HttpsConnections;

beforeEach(async () => {
  server = await fakeServer();
  connections = connect(server);
});
afterEach(async () => {
  await connections[Symbol.asyncDispose]();
  await server.close();
});

describe('etcdClient', () => {
  it('reads members with their decimal ids; one that has not started has no name', async () => {
    server.script.set('POST /v3/cluster/member/list', [
      json({
        header: {},
        members: [
          { ID: '7940337265316859929', peerURLs: ['https://10.0.0.2:2380'], isLearner: true },
          { ID: '517730573628343671', name: 'etcd-a', peerURLs: ['https://10.0.0.1:2380'], clientURLs: [] },
        ],
      }),
    ]);
    expect(await etcdClient(connections).members('a', signal)).toEqual([
      { id: '517730573628343671', name: 'etcd-a', peerUrls: ['https://10.0.0.1:2380'], learner: false },
      { id: '7940337265316859929', name: '', peerUrls: ['https://10.0.0.2:2380'], learner: true },
    ]);
  });

  it('adds a member as a learner', async () => {
    server.script.set('POST /v3/cluster/member/add', [json({ header: {} })]);
    await etcdClient(connections).addLearner('a', 'https://10.0.0.2:2380', signal);
    expect(JSON.parse(server.asked[0]?.body ?? '')).toEqual({ peerURLs: ['https://10.0.0.2:2380'], isLearner: true });
  });

  it.each(['etcdserver: member ID already exist', 'etcdserver: Peer URLs already exists'])(
    'says that a member exists when etcd says "%s"',
    async (message) => {
      server.script.set('POST /v3/cluster/member/add', [refusal(9, message)]);
      await expect(etcdClient(connections).addLearner('a', 'https://x:2380', signal)).rejects.toMatchObject({
        code: 'etcd.member_exists',
      });
    },
  );

  it('may try a promotion again while the learner is behind', async () => {
    server.script.set('POST /v3/cluster/member/promote', [
      refusal(9, 'etcdserver: can only promote a learner member which is in sync with leader'),
    ]);
    await expect(etcdClient(connections).promote('a', '7', signal)).rejects.toMatchObject({
      data: { code: 'etcd.not_ready', retry: 'backoff' },
    });
  });

  it('takes the promotion of a voting member as done', async () => {
    server.script.set('POST /v3/cluster/member/promote', [refusal(9, 'etcdserver: can only promote a learner member')]);
    await expect(etcdClient(connections).promote('a', '7', signal)).resolves.toBeUndefined();
  });

  it('takes the removal of a member that is gone as done', async () => {
    server.script.set('POST /v3/cluster/member/remove', [refusal(5, 'etcdserver: member not found', 404)]);
    await expect(etcdClient(connections).removeMember('a', '7', signal)).resolves.toBeUndefined();
  });

  it('reports why a member is not healthy', async () => {
    server.script.set('GET /health', [json({ health: 'false', reason: 'RAFT NO LEADER' }, 503)]);
    expect(await etcdClient(connections).health('a', signal)).toEqual({ healthy: false, reason: 'RAFT NO LEADER' });
  });

  it('takes a refused connection as an answer to a health check, and as an error elsewhere', async () => {
    await using closed = connect(undefined);
    expect((await etcdClient(closed).health('a', signal)).healthy).toBe(false);
    await expect(etcdClient(closed).members('a', signal)).rejects.toMatchObject({ code: 'etcd.unreachable' });
  });
});
