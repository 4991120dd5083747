import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openSlipway } from '#main/api/open.ts';
import type { FileDialogs } from '#main/api/service/file-dialogs.ts';
import { nodeHost } from '#main/apps/node-host.ts';
import { openHost } from '#main/apps/open-host.ts';
import type { Fault } from '#main/rpc/failures.ts';
import { memoryPort } from '#main/rpc/memory.ts';
import { createClient } from '#shared/contract/client.ts';
import type { Client } from '#shared/contract/index.ts';

const capabilities = { app: 'web', nativeFileDialogs: false, notifications: false, openExternal: false } as const;

/** The real service over an empty inventory; every answer goes through its schema. */
async function client(files?: FileDialogs): Promise<{ readonly client: Client; readonly faults: readonly Fault[] }> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-service-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const passphrase = join(folder, 'passphrase');
  await writeFile(passphrase, 'of the test\n', { mode: 0o600 });
  const env = { SLIPWAY_PASSPHRASE_FILE: passphrase };
  const slipway = await openSlipway({ ...nodeHost(), home: join(folder, 'home'), env, label: 'test' });
  const kubeconfigPath = join(folder, 'kubeconfig');
  const options = { slipway, folder, kubeconfigPath, capabilities, productVersion: '1.2.3', files };
  const host = openHost({ ...options, now: () => 0, log: () => undefined });
  const faults: Fault[] = [];
  const port = memoryPort(host.dispatcher, (fault) => faults.push(fault));
  onTestFinished(async () => {
    port[Symbol.dispose]();
    await host.driver[Symbol.asyncDispose]();
    await slipway[Symbol.asyncDispose]();
  });
  return { client: createClient(port), faults };
}

const text = `
apiVersion: slipway.dev/v1
kind: Cluster
metadata: { name: home }
spec:
  machines: [{ name: node-1, address: 127.0.0.1, port: 1, roles: [etcd, controlplane, worker] }]
`;

describe('the real service', () => {
  it('keeps profiles, drafts, secrets and settings', async () => {
    const { client: slipway, faults } = await client();
    await slipway.call('profiles.save', { name: 'small', text });
    const { text: exported } = await slipway.call('profiles.export', { name: 'small' });
    await slipway.call('profiles.import', { text: exported, replace: true });
    expect(await slipway.call('profiles.list', {})).toMatchObject([{ name: 'small', machines: 0 }]);
    expect((await slipway.call('profiles.get', { name: 'small' })).text).not.toContain('127.0.0.1');
    await slipway.call('profiles.remove', { name: 'small' });

    await slipway.call('drafts.put', { id: 'd-1', title: 'home', content: { text, step: 2 } });
    expect(await slipway.call('drafts.get', { id: 'd-1' })).toMatchObject({ content: { step: 2 } });
    expect(await slipway.call('drafts.list', {})).toMatchObject([{ id: 'd-1', title: 'home' }]);
    await slipway.call('drafts.remove', { id: 'd-1' });

    await slipway.call('secrets.put', { name: 'a/b', value: 'hunter2' });
    expect(await slipway.call('secrets.list', {})).toEqual([{ name: 'a/b' }]);
    await slipway.call('secrets.remove', { name: 'a/b' });

    expect(await slipway.call('settings.update', { theme: 'dark' })).toMatchObject({ theme: 'dark', proxy: null });
    expect(await slipway.call('settings.get', {})).toMatchObject({ theme: 'dark' });
    expect(await slipway.call('settings.secretStore', {})).toMatchObject({ kind: 'passphrase-file' });
    expect(faults).toEqual([]);
  });

  it('plans with what is found, what is made and how long it takes', async () => {
    const { client: slipway, faults } = await client();
    const planned = await slipway.call('runs.plan', { text });
    expect(planned.findings).toMatchObject([{ severity: 'error', subject: 'node-1', step: 'open-ssh/node-1' }]);
    expect(planned.makes.vms).toEqual([]);
    expect(planned.makes.containers.map(({ name }) => name)).toContain('kube-apiserver');
    expect(planned.estimate.basis).toBe('typical');
    expect(planned.estimate.ms).toBeGreaterThan(10_000);
    expect(faults).toEqual([]);
  });

  it('outlines a spec with all defaults, or says why it is none', async () => {
    const { client: slipway } = await client();
    const { spec, problems } = await slipway.call('specs.outline', { text });
    expect([spec?.spec.network.plugin, problems]).toEqual(['flannel', []]);
    const wrong = await slipway.call('specs.outline', { text: 'kind: Cluster\nspec: { cpus: 2 }' });
    expect([wrong.spec, wrong.problems.map(({ code }) => code)]).toEqual([
      undefined,
      expect.arrayContaining(['spec.unknown_key', 'spec.missing_key']),
    ]);
    expect((await slipway.call('specs.outline', { text: 'a: [' })).problems).toMatchObject([
      { code: 'spec.unreadable' },
    ]);
  });

  it('tells that no run is at work, and bundles what there is', async () => {
    const { client: slipway } = await client();
    for await (const { runs } of slipway.open('runs.active', {})) {
      expect(runs).toEqual([]);
      break;
    }
    const { files } = await slipway.call('diagnostics.preview', {});
    expect(files.map(({ name }) => name)).toEqual(['about.json', 'settings.json', 'credentials.json']);
    const { base64, fileName } = await slipway.call('diagnostics.bundle', {});
    expect([Buffer.from(base64, 'base64').subarray(0, 2), fileName]).toEqual([
      Buffer.from([0x1f, 0x8b]),
      expect.stringMatching(/^slipway-diagnostics-.*\.tar\.gz$/),
    ]);
  });

  it.each([
    ['clusters.health', { cluster: 'gone' }, 'store.cluster_unknown'],
    ['clusters.spec', { cluster: 'gone' }, 'store.cluster_unknown'],
    ['diagnostics.bundle', { cluster: 'gone' }, 'store.cluster_unknown'],
    ['credentials.privileges', { name: 'gone' }, 'credential.unknown'],
    ['profiles.get', { name: 'gone' }, 'profile.unknown'],
    ['drafts.get', { id: 'gone' }, 'draft.unknown'],
    ['secrets.remove', { name: 'gone' }, 'secret.unknown'],
    ['host.openText', {}, 'host.not_here'],
    ['host.saveText', { suggestedName: 'a.yaml', text: 'a' }, 'host.not_here'],
  ] as const)('answers %s %j with its own error', async (operation, input, code) => {
    const { client: slipway, faults } = await client();
    await expect(slipway.call(operation, input)).rejects.toMatchObject({ code });
    expect(faults).toEqual([]);
  });

  it('opens and saves with the dialogs of a host that has them', async () => {
    const saved: unknown[] = [];
    const { client: slipway } = await client({
      openText: async (filters) => (filters.length > 0 ? { name: 'a.yaml', text: 'a: 1' } : undefined),
      saveText: async (...given) => (saved.push(given) > 1 ? undefined : '/home/ann/a.yaml'),
    });
    const filters = [{ name: 'YAML', extensions: ['yaml'] }];
    expect(await slipway.call('host.openText', { filters })).toEqual({ name: 'a.yaml', text: 'a: 1' });
    expect(await slipway.call('host.openText', {})).toEqual({ cancelled: true });
    expect(await slipway.call('host.saveText', { suggestedName: 'a.yaml', text: 'a', filters })).toEqual({
      path: '/home/ann/a.yaml',
    });
    expect(await slipway.call('host.saveText', { suggestedName: 'a.yaml', text: 'a' })).toEqual({});
    expect(saved[0]).toEqual(['a.yaml', 'a', filters]);
    for (const suggestedName of ['../a', '/etc/passwd', 'a\\b', '']) {
      await expect(slipway.call('host.saveText', { suggestedName, text: 'a' })).rejects.toMatchObject({
        code: 'rpc.bad_input',
      });
    }
  });
});
