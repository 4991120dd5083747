import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { fingerprint, parsePin, publicKeyLine } from '#main/machines/ssh/known-hosts.ts';
import { connectionSettings } from '#main/machines/ssh/settings.ts';
import { Slots } from '#main/machines/ssh/slots.ts';
import { ClusterSpec, type ClusterSpecInput, type MachineSpecInput } from '#shared/spec/cluster.ts';

function settings(ssh: ClusterSpecInput['spec']['ssh'], machine: Partial<MachineSpecInput>) {
  const machines = [{ name: 'node-1', address: '10.0.0.1', roles: ['worker' as const], ...machine }];
  const document = { apiVersion: 'slipway.dev/v1', kind: 'Cluster', metadata: { name: 'x' }, spec: { ssh, machines } };
  const { spec } = v.parse(ClusterSpec, document);
  const [first] = spec.machines;
  if (!first) throw new Error('no machine');
  return connectionSettings(spec, first);
}

describe('connectionSettings', () => {
  it('falls back to root, port 22 and the agent', () => {
    expect(settings(undefined, {})).toEqual({
      name: 'node-1',
      address: '10.0.0.1',
      port: 22,
      user: 'root',
      auth: { kind: 'agent' },
      hostKey: undefined,
      bastion: undefined,
    });
  });

  it("prefers the machine's own word, and lets the bastion log in like the machines", () => {
    const auth = { kind: 'key' as const, key: 'file:/key' };
    const found = settings(
      { user: 'ops', port: 2222, auth, bastion: { address: 'gate.test' } },
      { user: 'me', port: 23 },
    );
    expect(found).toMatchObject({ user: 'me', port: 23, auth });
    expect(found.bastion).toEqual({
      name: 'bastion gate.test',
      address: 'gate.test',
      port: 22,
      user: 'ops',
      auth,
      hostKey: undefined,
    });
  });
});

describe('pins', () => {
  // ssh-keygen -lf of this key says SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU (github.com, published by GitHub).
  const line = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl';
  const print = 'SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU';

  it('reads a key line with comment, and a fingerprint with or without padding', () => {
    expect(parsePin(`${line} github`)).toEqual({ kind: 'key', type: 'ssh-ed25519', fingerprint: print });
    expect(parsePin(`${print}=`)).toEqual({ kind: 'fingerprint', fingerprint: print });
  });

  it('writes a key as ssh-keygen does', () => {
    const blob = Buffer.from(line.split(' ')[1] ?? '', 'base64');
    expect([publicKeyLine(blob), fingerprint(blob)]).toEqual([line, print]);
  });
});

describe('Slots', () => {
  it('serves in order, and passes over one who gave up', async () => {
    const slots = new Slots(1);
    const { signal } = new AbortController();
    const abort = new AbortController();
    const order: string[] = [];
    const first = await slots.take(signal);
    const second = slots.take(abort.signal);
    const third = slots.take(signal).then((release) => {
      order.push('third');
      release();
    });
    const fourth = slots.take(signal).then((release) => {
      order.push('fourth');
      release();
    });
    abort.abort(new Error('enough'));
    await expect(second).rejects.toThrow('enough');
    first();
    first();
    await Promise.all([third, fourth]);
    expect(order).toEqual(['third', 'fourth']);
  });
});
