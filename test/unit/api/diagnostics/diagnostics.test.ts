import { Buffer } from 'node:buffer';
import { generateKeyPairSync } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { Readable } from 'node:stream';
import { extract } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import { diagnosticsApi } from '#main/api/diagnostics/diagnostics.ts';
import { runViews } from '#main/api/runs/run-views.ts';
import { createRedactor } from '#main/secrets/redactor.ts';
import { Store } from '#main/store/store.ts';
import { ClusterSpec } from '#shared/spec/cluster.ts';
import { sshErrors } from '#shared/errors/ssh.ts';
import * as v from 'valibot';
import { privateCa } from '../../kube/private-ca.ts';
import { MemoryKeychain, temporaryHome } from '../../store/home-for-test.ts';
import { openVault } from '#main/secrets/vault.ts';
import { toyMeter } from '#test/engine/toy.ts';
import { autoClock } from '#test/fakes/clock.ts';
import { onTestFinished } from 'vitest';
import type { World } from '#main/api/world.ts';
import { plan } from '../world-for-test.ts';
import { planView } from '#main/engine/plan.ts';

const never = new AbortController().signal;
const wish = { cluster: undefined, productVersion: '1.2.3' };
const password = 'pä"ss w/örd+1';
const token = 'eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.token-of-somebody';
const { privateKey } = generateKeyPairSync('ed25519', {
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});
const { certificate, key: certificateKey } = privateCa('test').issue({ commonName: 'kube-admin' });
const secrets = [password, token, privateKey, certificateKey];

const spec = v.parse(ClusterSpec, {
  apiVersion: 'slipway.dev/v1',
  kind: 'Cluster',
  metadata: { name: 'home' },
  spec: {
    ssh: { auth: { kind: 'password', password: 'vault:machines/password' } },
    machines: [{ name: 'node-1', address: '192.0.2.1', roles: ['etcd', 'controlplane', 'worker'] }],
    services: { kubeApiserver: { extraArgs: { 'oidc-client-secret': 'typed-into-the-spec' } } },
    addons: [{ from: 'inline', name: 'mine', yaml: 'kind: Secret\nstringData: { a: typed-into-a-manifest }' }],
  },
});

/** As a process has it that has seen no secret yet: those before it wrote what is in the home folder. */
async function afterwards(open: typeof openVault = openVault) {
  const home = temporaryHome();
  const keychain = new MemoryKeychain();
  const clock = autoClock();
  const storeWith = (redaction: ReturnType<typeof createRedactor>, vault: typeof openVault): Store => {
    const store = new Store({
      home,
      openVault: () => vault({ home, keychain }),
      redaction,
      label: 'test',
      heartbeatLimitMs: 30_000,
      now: () => clock.now(),
    });
    onTestFinished(() => store.close());
    return store;
  };
  // It writes texts as they are: the worst of what an older version could have left behind.
  const careless = {
    register: () => undefined,
    redact: (written: string) => written,
    redactField: (_n: string, written: string) => written,
  };
  const before = storeWith(careless, openVault);
  const { id } = before.clusters.create({ spec, release: 'v1.36.3' });
  await before.secrets.put('machines/password', password, { replace: false });
  await before.credentials.create(
    { name: 'lab', kind: 'vsphere', address: 'vc', user: 'ann', trust: { kind: 'system' }, proxy: undefined },
    { password: token, proxyPassword: '' },
  );
  const inventory = before.inventoryFor(id, () => Promise.resolve(''));
  await inventory.putSecret('ssh-user-key', privateKey);
  await inventory.putCertificates([{ name: 'kube-admin', certificatePem: certificate, keyPem: certificateKey }]);
  await inventory.putStatus('node/node-1', { version: 'v1.36.3', note: `seen with ${password}` });
  const ran = { ...plan, clusterId: id };
  before.journal.start(
    { runId: 'r-1', clusterId: id, plan: ran, document: null },
    { type: 'run.started', runId: 'r-1', plan: planView(ran) },
  );
  const error = sshErrors.unreachable(
    { address: 'a', port: 22, waitedMs: 1 },
    { lastLines: secrets.map((one) => `said ${one}`) },
  );
  before.journal.append('r-1', [
    { type: 'step.checking', step: 'docker/node-1', attempt: 1 },
    { type: 'step.failed', step: 'docker/node-1', error: error.data },
  ]);
  const log = before.openLog('r-1');
  for (const secret of secrets) {
    for (const form of [
      secret,
      JSON.stringify(secret),
      Buffer.from(secret).toString('base64'),
      encodeURIComponent(secret),
    ]) {
      log.write({ at: 0, step: 'docker/node-1', line: `curl -u ann:${form} https://x` });
    }
  }
  log.write({ at: 0, step: 'docker/node-1', line: 'installed docker.io' });
  log.close();

  const redactor = createRedactor();
  const store = storeWith(redactor, open);
  const world: World = { store, redactor, clock, meter: toyMeter, random: () => 0.5, env: {} };
  return { diagnostics: diagnosticsApi(world, runViews(world)) };
}

async function unpacked(bytes: Uint8Array): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  const archive = extract();
  Readable.from([gunzipSync(bytes)]).pipe(archive);
  for await (const entry of archive) files.set(entry.header.name, await text(entry));
  return files;
}

/** Every way in which a secret could be read out of these bytes. */
function leaksIn(bytes: Buffer): readonly string[] {
  const all = bytes.toString('utf8');
  const forms = secrets.flatMap((secret) => {
    const lines = secret.split('\n').filter((line) => line.length >= 16 && !line.startsWith('-----'));
    const base64 = Buffer.from(secret).toString('base64');
    return [
      secret,
      JSON.stringify(secret).slice(1, -1),
      encodeURIComponent(secret),
      base64.slice(0, 24),
      base64.slice(4, -4),
      ...lines,
    ];
  });
  return [...forms, 'typed-into-the-spec', 'typed-into-a-manifest'].filter((form) => all.includes(form));
}

describe('the diagnostics bundle', () => {
  it('has no secret in any of its bytes, though every place that can hold one does', async () => {
    const { diagnostics } = await afterwards();
    const { bytes } = await diagnostics.bundle(wish, never);
    expect(leaksIn(gunzipSync(bytes))).toEqual([]);
    expect(leaksIn(bytes)).toEqual([]);
  });

  it('holds exactly the files of the preview, and what helps', async () => {
    const { diagnostics } = await afterwards();
    const { files, leftOut } = await diagnostics.collect(wish, never);
    const { bytes, fileName } = await diagnostics.bundle(wish, never);
    const folder = fileName.replace('.tar.gz', '');
    expect([...(await unpacked(bytes))]).toEqual(files.map((file) => [`${folder}/${file.name}`, file.text]));
    expect(files.map(({ name }) => name)).toEqual([
      ...['about.json', 'settings.json', 'credentials.json'],
      ...['spec.yaml', 'status.json', 'runs.json'].map((name) => `clusters/home/${name}`),
      ...['run.json', 'errors.json', 'log.txt'].map((name) => `clusters/home/r-1/${name}`),
    ]);
    const textOf = (name: string) => files.find((file) => file.name.endsWith(name))?.text ?? '';
    expect(textOf('about.json')).toContain('1.2.3');
    expect(textOf('spec.yaml')).toContain('vault:machines/password');
    expect(textOf('spec.yaml')).toMatch(/yaml: "?\[left out: \d+ characters\]/);
    expect(textOf('errors.json')).toContain('ssh.unreachable');
    expect(textOf('log.txt')).toContain('installed docker.io');
    expect(leftOut.length).toBeGreaterThan(3);
  });

  it('has no free text where the secrets to look for cannot be read', async () => {
    const { diagnostics } = await afterwards(() => Promise.reject(new Error('locked')));
    const { files, leftOut } = await diagnostics.collect(wish, never);
    expect(files.some(({ name }) => /log|errors/.test(name))).toBe(false);
    expect(leftOut.at(-1)).toContain('locked');
    expect(leaksIn(Buffer.from(JSON.stringify(files)))).toEqual([]);
  });

  it('is of one cluster when that is asked for', async () => {
    const { diagnostics } = await afterwards();
    await expect(diagnostics.collect({ ...wish, cluster: 'other' }, never)).rejects.toMatchObject({
      code: 'store.cluster_unknown',
    });
    expect((await diagnostics.collect({ ...wish, cluster: 'home' }, never)).files.length).toBeGreaterThan(6);
  });
});
