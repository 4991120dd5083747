import { X509Certificate, createPrivateKey } from 'node:crypto';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { beforeAll, describe, expect, it } from 'vitest';
import { issueCertificate } from '#main/cluster/certificates/issue.ts';
import { lifetimes } from '#main/cluster/certificates/lifetimes.ts';
import { plannedCertificates } from '#main/cluster/certificates/planned.ts';
import type { StoredCertificate } from '#main/cluster/ports.ts';
import { nodeKeys } from '#main/secrets/keys.ts';
import { issueAll, sampleCluster, sampleNow } from '../planes/sample.ts';

const cluster = sampleCluster({ api: { endpoint: 'api.example.org', extraSans: ['203.0.113.7'] } });
let issued: Map<string, StoredCertificate>;

const stored = (name: string): StoredCertificate => {
  const found = issued.get(name);
  if (!found) throw new Error(`not issued: ${name}`);
  return found;
};
const x509 = (name: string): X509Certificate => new X509Certificate(stored(name).certificatePem);

describe('issued certificates', () => {
  beforeAll(async () => {
    issued = await issueAll(cluster);
  }, 60_000);

  it('verify against their CA with the signature, and against no other', () => {
    for (const { name, issuer } of plannedCertificates(cluster)) {
      for (const ca of ['kube-ca', 'etcd-ca', 'kube-apiserver-requestheader-ca']) {
        const isIssuer = ca === (issuer ?? name);
        expect({ name, ca, ok: x509(name).verify(x509(ca).publicKey) }).toEqual({ name, ca, ok: isIssuer });
      }
      if (issuer !== undefined) expect(x509(name).checkIssued(x509(issuer))).toBe(true);
    }
  });

  it('belong to their key, and no key is used twice', () => {
    const prints = new Set<string>();
    for (const [name, { keyPem }] of issued) {
      expect(x509(name).checkPrivateKey(createPrivateKey(keyPem))).toBe(true);
      expect(keyPem).toMatch(/^-----BEGIN RSA PRIVATE KEY-----\n/);
      prints.add(keyPem);
    }
    expect(prints.size).toBe(issued.size);
  });

  it('give the API server every name by which it is reached', () => {
    const names = (x509('kube-apiserver').subjectAltName ?? '').split(', ');
    expect(new Set(names)).toEqual(
      new Set([
        'DNS:api.example.org',
        'DNS:kubernetes',
        'DNS:kubernetes.default',
        'DNS:kubernetes.default.svc',
        'DNS:kubernetes.default.svc.cluster.local',
        'DNS:localhost',
        'DNS:node-1',
        'DNS:node-1.example.org',
        'IP Address:10.0.0.1',
        'IP Address:10.43.0.1',
        'IP Address:127.0.0.1',
        'IP Address:203.0.113.7',
      ]),
    );
  });

  it('give each node an identity of its own', () => {
    expect(x509('kube-node-node-2').subject).toBe('O=system:nodes\nCN=system:node:node-2');
    expect(x509('kube-node-node-3').subject).toBe('O=system:nodes\nCN=system:node:node-3');
    expect(x509('kube-kubelet-node-2').subjectAltName).toBe('DNS:node-2, IP Address:10.0.0.2');
  });

  it('may be used for what they are for and nothing else', () => {
    const [server, client] = ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2'];
    // Node's `keyUsage` of a certificate is the extended key usage.
    expect(x509('kube-apiserver').keyUsage).toEqual([server]);
    expect(x509('kube-admin').keyUsage).toEqual([client]);
    expect(x509('kube-etcd-node-1').keyUsage).toEqual([server, client]);
    expect(x509('kube-ca').ca).toBe(true);
    expect(x509('kube-admin').ca).toBe(false);
  });

  it('begin an hour ago, so a slightly slow machine accepts them, and end with their lifetime', () => {
    expect(Date.parse(x509('kube-admin').validFrom)).toBe(sampleNow - 60 * 60 * 1000);
    expect(Date.parse(x509('kube-admin').validTo)).toBe(sampleNow + lifetimes.leafMs);
    expect(Date.parse(x509('kube-ca').validTo)).toBe(sampleNow + lifetimes.caMs);
  });

  it('never outlive their CA', async () => {
    const late = sampleNow + lifetimes.caMs - 24 * 60 * 60 * 1000;
    const planned = plannedCertificates(cluster).find(({ name }) => name === 'kube-admin');
    if (!planned) throw new Error('no kube-admin');
    const { signal } = new AbortController();
    const leaf = await issueCertificate(nodeKeys(), planned, stored('kube-ca'), late, signal);
    expect(new X509Certificate(leaf.certificatePem).validTo).toBe(x509('kube-ca').validTo);
  });

  it('have positive serial numbers that differ', () => {
    const serials = [...issued.keys()].map((name) => x509(name).serialNumber);
    expect(new Set(serials).size).toBe(serials.length);
    for (const serial of serials) expect(serial).toMatch(/^40[0-9A-F]{30}$/);
  });

  it('cannot be issued by a CA whose key we do not have', async () => {
    const planned = plannedCertificates(cluster).find(({ name }) => name === 'kube-admin');
    if (!planned) throw new Error('no kube-admin');
    const foreign = { ...stored('kube-ca'), keyPem: '' };
    const { signal } = new AbortController();
    await expect(issueCertificate(nodeKeys(), planned, foreign, sampleNow, signal)).rejects.toMatchObject({
      data: { code: 'certificate.foreign_ca' },
    });
  });

  it('are made without holding up the event loop', async () => {
    const planned = plannedCertificates(cluster).find(({ name }) => name === 'kube-apiserver');
    if (!planned) throw new Error('no kube-apiserver');
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    const { signal } = new AbortController();
    for (let made = 0; made < 8; made++) {
      await issueCertificate(nodeKeys(), planned, stored('kube-ca'), sampleNow, signal);
    }
    delay.disable();
    // forge's own signature of 2048 bits alone takes about 40 ms. The median: the box itself may be busy.
    expect(delay.percentile(50) / 1e6).toBeLessThan(25);
  });
});
