import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import { beforeAll, describe, expect, it } from 'vitest';
import { releases } from '#main/cluster/releases/catalogue.ts';
import { images, inRegistry } from '#test/lab/images.ts';
import { Lab } from '#test/lab/lab.ts';
import type { Registries } from '#test/lab/registry.ts';

interface Manifest {
  readonly config: { readonly digest: string };
  readonly layers: readonly { readonly digest: string; readonly size: number }[];
}

let lab: Lab;
let registries: Registries;

beforeAll(async () => {
  lab = await Lab.up({ name: 'lab-tests-registries', machines: [] });
  ({ registries } = lab);
  return () => lab.down();
});

async function manifestOf(reference: string): Promise<Manifest> {
  const { repository, tag } = inRegistry(reference);
  const answer = await fetch(`http://${registries.plain.address}/v2/${repository}/manifests/${tag}`, {
    headers: { accept: 'application/vnd.docker.distribution.manifest.v2+json' },
  });
  if (!answer.ok) throw new Error(`${reference}: ${answer.status}`);
  // The test is what checks that it has this shape.
  return (await answer.json()) as Manifest;
}

function askSecure(path: string, auth?: string): Promise<{ status: number | undefined; body: string }> {
  const { address, caPem } = registries.secure;
  return new Promise((resolve, reject) => {
    const ask = request(`https://${address}${path}`, { ca: caPem, ...(auth !== undefined && { auth }) }, (answer) => {
      text(answer).then((body) => resolve({ status: answer.statusCode, body }), reject);
    });
    ask.once('error', reject).end();
  });
}

describe('the plain registry', () => {
  it.each(Object.values(images))('has %s, every layer of it', async (reference) => {
    const { repository } = inRegistry(reference);
    const { config, layers } = await manifestOf(reference);
    const statuses = await Promise.all(
      [config, ...layers].map(async ({ digest }) => {
        const url = `http://${registries.plain.address}/v2/${repository}/blobs/${digest}`;
        return (await fetch(url, { method: 'HEAD' })).status;
      }),
    );
    expect(new Set(statuses)).toEqual(new Set([200]));
  });

  it('serves what the catalogue’s release asks for', () => {
    const { echo: _forTests, ...published } = images;
    expect(releases.find(({ version }) => version === 'v1.36.3')?.images).toEqual(published);
  });

  it('has the Kubernetes programs in one layer that six images share', async () => {
    const { kubeApiserver, kubeControllerManager, kubeScheduler, kubeProxy, kubelet, kubectl } = images;
    const all = [kubeApiserver, kubeControllerManager, kubeScheduler, kubeProxy, kubelet, kubectl];
    const manifests = await Promise.all(all.map(manifestOf));
    const big = manifests.map(({ layers }) => layers.findIndex(({ size }) => size > 35_000_000));
    expect(new Set(big)).toEqual(new Set([1]));
    expect(new Set(manifests.map(({ layers }) => layers[1]?.digest)).size).toBe(1);
    expect(new Set(manifests.map(({ config }) => config.digest)).size).toBe(6);
  });
});

describe('the secure registry', () => {
  it('refuses those without the password', async () => {
    expect((await askSecure('/v2/_catalog')).status).toBe(401);
    expect((await askSecure('/v2/_catalog', 'lab:wrong')).status).toBe(401);
  });

  it('has the same images for those who have it', async () => {
    const { user, password } = registries.secure;
    const { body } = await askSecure('/v2/_catalog', `${user}:${password}`);
    const repositories = Object.values(images).map((reference) => inRegistry(reference).repository);
    expect(JSON.parse(body)).toEqual({ repositories: repositories.sort() });
  });

  it('has a certificate that only its own authority vouches for', async () => {
    await expect(fetch(`https://${registries.secure.address}/v2/`)).rejects.toMatchObject({
      cause: { code: expect.stringMatching(/UNABLE_TO_VERIFY|SELF_SIGNED/) },
    });
  });
});
