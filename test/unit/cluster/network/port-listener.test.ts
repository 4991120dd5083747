import { describe, expect, it } from 'vitest';
import { listenerState, portListener, portToken } from '#main/cluster/network/port-listener.ts';
import { listenedPorts } from '#main/cluster/network/port-matrix.ts';
import { machineNamed } from '#main/cluster/cluster.ts';
import { clusterOf, everyRole } from '#test/fakes/cluster.ts';

const cluster = clusterOf([everyRole, ['worker']]);
const m1 = machineNamed(cluster, 'm1');

describe('portListener', () => {
  it('answers a token of its own on each port of the internal address', () => {
    const { files } = portListener(cluster, m1, listenedPorts(cluster, m1));
    const servers = new TextDecoder()
      .decode(files[0]?.content)
      .match(/listen .*(?=;)/g)
      ?.map((line) => line.split(';')[0]);
    expect(servers).toEqual([
      'listen 10.0.0.1:2379',
      'listen 10.0.0.1:2380',
      'listen 10.0.0.1:6443',
      'listen 10.0.0.1:10250',
      'listen 10.0.0.1:8472 udp',
    ]);
    const tokens = ['m1', 'm2'].flatMap((name) =>
      listenedPorts(cluster, machineNamed(cluster, name)).map((port) => portToken(cluster, name, port)),
    );
    expect(new Set(tokens).size).toBe(7);
  });

  it('is another container when the ports are others', () => {
    const all = portListener(cluster, m1, listenedPorts(cluster, m1));
    const some = portListener(cluster, m1, listenedPorts(cluster, m1).slice(1));
    expect(all.spec.contentHashes).not.toEqual(some.spec.contentHashes);
  });
});

describe('listenerState', () => {
  it('listens when nginx has started its worker', () => {
    expect(listenerState(['2026/11/22 18:00:00 [notice] 1#1: start worker process 22'])).toEqual({
      listening: true,
      portsInUse: [],
    });
  });

  it('names each port that another program has, once', () => {
    const line = (port: number): string =>
      `[emerg] 1#1: bind() to 10.0.0.1:${port} failed (98: Address already in use)`;
    expect(listenerState([line(10250), line(6443), line(6443), '[emerg] 1#1: still could not bind()'])).toEqual({
      listening: false,
      portsInUse: ['6443', '10250'],
    });
  });
});
