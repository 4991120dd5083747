import { beforeAll, describe, expect, it } from 'vitest';
import { reasonToIssue } from '#main/cluster/certificates/judge.ts';
import { lifetimes } from '#main/cluster/certificates/lifetimes.ts';
import { plannedCertificates } from '#main/cluster/certificates/planned.ts';
import type { Cluster } from '#main/cluster/cluster.ts';
import type { StoredCertificate } from '#main/cluster/ports.ts';
import { issueAll, sampleCluster, sampleNow } from '../planes/sample.ts';

const cluster = sampleCluster({
  machines: [{ name: 'node-1', address: '10.0.0.1', roles: ['etcd', 'controlplane', 'worker'] }],
});
let stored: Map<string, StoredCertificate>;

/** What would be issued, with the reason, when the inventory holds `stored`. */
function reasons(wanted: Cluster, inventory = stored, nowMs = sampleNow): Record<string, string> {
  const all: Record<string, string> = {};
  for (const planned of plannedCertificates(wanted)) {
    const issuer = planned.issuer === undefined ? undefined : inventory.get(planned.issuer);
    const reason = reasonToIssue(planned, inventory.get(planned.name), issuer, nowMs);
    if (reason !== undefined) all[planned.name] = reason;
  }
  return all;
}

describe('reasonToIssue', () => {
  beforeAll(async () => {
    stored = await issueAll(cluster);
  }, 60_000);

  it('finds nothing to do for what was just issued', () => {
    expect(reasons(cluster)).toEqual({});
  });

  it('does not mind the order of names in the spec', () => {
    const [a, b] = [
      sampleCluster({ api: { extraSans: ['a.example', 'b.example'] } }),
      sampleCluster({ api: { extraSans: ['b.example', 'a.example'] } }),
    ];
    expect(plannedCertificates(a)).toEqual(plannedCertificates(b));
  });

  it('issues only the certificate whose names have changed', () => {
    const wanted = sampleCluster({
      machines: [{ name: 'node-1', address: '10.0.0.1', roles: ['etcd', 'controlplane', 'worker'] }],
      api: { extraSans: ['api.example.org'] },
    });
    expect(reasons(wanted)).toEqual({ 'kube-apiserver': 'other names or addresses' });
  });

  it('issues only the certificates of a machine that was added as worker', () => {
    const wanted = sampleCluster({
      machines: [
        { name: 'node-1', address: '10.0.0.1', roles: ['etcd', 'controlplane', 'worker'] },
        { name: 'node-2', address: '10.0.0.2', roles: ['worker'] },
      ],
    });
    expect(reasons(wanted)).toEqual({ 'kube-node-node-2': 'missing', 'kube-kubelet-node-2': 'missing' });
  });

  it('issues everything below a CA that is another one now, and nothing below the others', async () => {
    const other = await issueAll(cluster);
    const mixed = new Map(stored);
    const etcdCa = other.get('etcd-ca');
    if (etcdCa) mixed.set('etcd-ca', etcdCa);
    expect(reasons(cluster, mixed)).toEqual({
      'etcd-client': 'issued by another CA',
      'kube-apiserver-etcd-client': 'issued by another CA',
      'kube-etcd-node-1': 'issued by another CA',
    });
  }, 60_000);

  it('issues one that cannot be read', () => {
    const broken = new Map(stored).set('kube-proxy', { name: 'kube-proxy', certificatePem: 'rubbish', keyPem: '' });
    expect(reasons(cluster, broken)).toEqual({ 'kube-proxy': 'unreadable' });
  });

  it('renews leaves within the last half year, and never a CA by itself', () => {
    const late = sampleNow + lifetimes.leafMs - lifetimes.renewalWindowMs + 1000;
    const leaves = plannedCertificates(cluster).filter(({ issuer }) => issuer !== undefined);
    expect(reasons(cluster, stored, late)).toEqual(
      Object.fromEntries(leaves.map(({ name }) => [name, 'near its end'])),
    );
    expect(reasons(cluster, stored, late - 2000)).toEqual({});
  });
});
