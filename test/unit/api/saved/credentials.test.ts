import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { credentialsApi } from '#main/api/saved/credentials.ts';
import { ClusterSpec } from '#shared/spec/cluster.ts';
import { openWorld } from '#test/unit/api/world-for-test.ts';

const record = {
  name: 'lab',
  kind: 'vsphere',
  address: 'vcenter.example',
  user: 'ann',
  trust: { kind: 'system' },
  proxy: undefined,
} as const;
const secrets = { password: 'correct-horse', proxyPassword: '' };

const specWith = (credential: string) =>
  v.parse(ClusterSpec, {
    apiVersion: 'slipway.dev/v1',
    kind: 'Cluster',
    metadata: { name: 'home' },
    spec: { vsphere: { credential } },
  });

describe('a cloud credential', () => {
  it('is listed with the clusters that use it, and without its secrets', async () => {
    const { world, store } = openWorld();
    await store.credentials.create(record, secrets);
    await store.credentials.create({ ...record, name: 'other' }, secrets);
    store.clusters.create({ spec: specWith('lab'), release: 'v1.36.3' });
    const listed = await credentialsApi(world).list();
    expect(listed.map(({ name, usedBy }) => [name, usedBy])).toEqual([
      ['lab', ['home']],
      ['other', []],
    ]);
    expect(JSON.stringify(listed)).not.toContain('correct-horse');
  });

  it('is not removed while a cluster uses it, which is named', async () => {
    const { world, store } = openWorld();
    await store.credentials.create(record, secrets);
    const { id } = store.clusters.create({ spec: specWith('lab'), release: 'v1.36.3' });
    await expect(credentialsApi(world).remove('lab')).rejects.toMatchObject({
      data: { code: 'credential.in_use', params: { clusters: 'home' } },
    });
    store.clusters.remove(id);
    await credentialsApi(world).remove('lab');
    expect(store.credentials.list()).toEqual([]);
  });

  it.each([
    { changes: { name: 'Lab 1' }, code: 'credential.wrong_name' },
    { changes: { address: 'ann:secret@vcenter' }, code: 'vsphere.invalid_address' },
    { changes: { proxy: 'socks5://proxy:1080' }, code: 'credential.wrong_proxy' },
    { changes: { proxy: 'http://ann:secret@proxy:3128' }, code: 'credential.wrong_proxy' },
    { changes: { trust: { kind: 'ca', pem: 'PEM' } as const }, code: 'credential.wrong_ca' },
    { changes: { trust: { kind: 'thumbprint', sha256: 'AB:CD' } as const }, code: 'credential.wrong_thumbprint' },
  ])('is refused before anything is contacted or asked for: $changes', async ({ changes, code }) => {
    const { world } = openWorld();
    const never = () => Promise.reject(new Error('must not be asked'));
    const given = { name: 'lab', address: 'vcenter.invalid', user: 'ann', password: never, ...changes };
    const interaction = { approveVcenterCertificate: never };
    const refused = credentialsApi(world).add(given, interaction, new AbortController().signal);
    const error = await refused.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code });
    expect(JSON.stringify(error)).not.toContain('secret@');
  });

  it('does not take a block for a certificate that is none', async () => {
    const { world } = openWorld();
    const pem = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
    const given = {
      ...{ name: 'lab', address: 'vcenter.invalid', user: 'ann', password: async () => 'x' },
      trust: { kind: 'ca', pem } as const,
    };
    const interaction = { approveVcenterCertificate: async () => false };
    await expect(credentialsApi(world).add(given, interaction, new AbortController().signal)).rejects.toMatchObject({
      code: 'credential.wrong_ca',
    });
  });
});
