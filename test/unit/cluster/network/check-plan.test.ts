import { describe, expect, it } from 'vitest';
import { blockedPorts, isReachable, type MachineState, pairsToCheck } from '#main/cluster/network/check-plan.ts';
import { listenedPorts } from '#main/cluster/network/port-matrix.ts';
import { machineNamed } from '#main/cluster/cluster.ts';
import { clusterOf, everyRole } from '#test/fakes/cluster.ts';

const cluster = clusterOf([everyRole, ['worker'], ['worker']]);
const fresh = (name: string): MachineState => ({
  taken: [],
  free: listenedPorts(cluster, machineNamed(cluster, name)),
  listening: true,
});
const running = (name: string): MachineState => ({ taken: fresh(name).free, free: [], listening: false });

describe('pairsToCheck', () => {
  it('expects our token on every port of a new cluster', () => {
    const states = new Map(['m1', 'm2', 'm3'].map((name) => [name, fresh(name)]));
    const { checks, unchecked } = pairsToCheck(cluster, states);
    expect(new Set(checks.map(({ expect: wanted }) => wanted))).toEqual(new Set(['token']));
    expect(unchecked).toEqual([]);
  });

  it('checks only what concerns a machine that is added, in both directions', () => {
    const states = new Map([
      ['m1', running('m1')],
      ['m2', running('m2')],
      ['m3', fresh('m3')],
    ]);
    const { checks } = pairsToCheck(cluster, states);
    expect(
      checks.map(({ from, to, protocol, port, expect: wanted }) => `${from}>${to} ${protocol}/${port} ${wanted}`),
    ).toEqual([
      'm1>m3 tcp/10250 token',
      'm1>m3 udp/8472 token',
      'm2>m3 tcp/10250 token',
      'm2>m3 udp/8472 token',
      'm3>m1 tcp/6443 connection',
      'm3>m1 tcp/10250 connection',
      'm3>m2 tcp/10250 connection',
    ]);
  });

  it('leaves a machine out that could not be asked, and says so', () => {
    const { checks, unchecked } = pairsToCheck(
      cluster,
      new Map([
        ['m1', fresh('m1')],
        ['m2', fresh('m2')],
      ]),
    );
    expect(checks.some(({ from, to }) => from === 'm3' || to === 'm3')).toBe(false);
    expect(unchecked).toEqual(['m3']);
  });
});

describe('isReachable', () => {
  const pair = { from: 'm2', to: 'm1', protocol: 'tcp', port: 6443, component: 'kube-apiserver', purpose: '' } as const;

  it('does not take any connection for our listener', () => {
    expect(isReachable({ ...pair, expect: 'token' }, 'silent')).toBe(false);
    expect(isReachable({ ...pair, expect: 'token' }, 'other')).toBe(false);
  });

  it('takes any connection where a component runs, but no refusal', () => {
    expect(isReachable({ ...pair, expect: 'connection' }, 'silent')).toBe(true);
    expect(isReachable({ ...pair, expect: 'connection' }, 'refused')).toBe(false);
  });
});

describe('blockedPorts', () => {
  it('names every pair with both machines, their addresses, port, protocol and purpose', () => {
    const [pair] = pairsToCheck(cluster, new Map(['m1', 'm2', 'm3'].map((name) => [name, fresh(name)]))).checks;
    if (!pair) throw new Error('no pair');
    const { data } = blockedPorts(cluster, [{ pair, answer: 'timeout' }]);
    expect(data.cause).toBe('Connections that the cluster needs do not work (1 in all), on m1, m2.');
    expect(data.chain.map(({ cause }) => cause)).toEqual([
      'm1 (10.0.0.1) → m2 (10.0.0.2) tcp/10250, kube-apiserver to kubelet: no answer within 3 s (a firewall drops it).',
    ]);
  });
});
