import { describe, expect, it } from 'vitest';
import type { KubeObject, ObjectRef } from '#main/cluster/ports.ts';
import { coredns } from '#main/cluster/phases/coredns.ts';
import { metricsServer } from '#main/cluster/phases/metrics-server.ts';
import { networkPlugin } from '#main/cluster/phases/network-plugin.ts';
import { userAddons } from '#main/cluster/phases/user-addons.ts';
import { clusterOf, everyRole } from '#test/fakes/cluster.ts';
import type { FakeWorld } from '#test/fakes/world/world.ts';
import { runPhase } from '../phases/run-phase.ts';
import { runningWorld } from './running-world.ts';

const { signal } = new AbortController();
const inShop = (kind: string, name: string): ObjectRef => ({ apiVersion: 'v1', kind, namespace: 'shop', name });
const configMap = (name: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: shop}\ndata: {a: "1"}\n`;

/** The same world with other add-ons in the spec. */
function withAddons(world: FakeWorld | undefined, ...yaml: readonly string[]) {
  const addons = yaml.map((text, index) => ({ from: 'inline' as const, name: `a${String(index + 1)}`, yaml: text }));
  const cluster = clusterOf([everyRole], { addons });
  const used = world ?? runningWorld(cluster);
  return { world: used, ports: { ...used.ports, cluster } };
}

async function jobUid(world: FakeWorld, name: string): Promise<unknown> {
  const ref = { apiVersion: 'batch/v1', kind: 'Job', namespace: 'kube-system', name };
  return (await world.ports.kube.get(ref, signal))?.metadata['uid'];
}

describe('an add-on', () => {
  it('is deployed by a job in kube-system and then left alone', async () => {
    const { world, ports } = withAddons(undefined);
    expect((await runPhase(coredns, ports, {})).outcome).toBe('done');
    expect(await jobUid(world, 'rke-coredns-addon-deploy-job')).toBeDefined();
    expect((await runPhase(coredns, ports, {})).outcome).toBe('skipped: coredns is deployed and rolled out');
  });

  it.each([
    { how: 'removed', change: undefined },
    { how: 'changed', change: { Corefile: 'something else' } },
  ])('is deployed again when somebody has $how one of its objects', async ({ change }) => {
    const { world, ports } = withAddons(undefined);
    await runPhase(coredns, ports, {});
    const before = await jobUid(world, 'rke-coredns-addon-deploy-job');
    const ref = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'kube-system', name: 'coredns' };
    const found = await ports.kube.get(ref, signal);
    if (change) await ports.kube.apply({ ...(found as KubeObject), data: change }, signal);
    else await ports.kube.remove(ref, signal);
    expect((await runPhase(coredns, ports, {})).outcome).toBe('done');
    expect((await ports.kube.get(ref, signal))?.['data']).toEqual(found?.['data']);
    expect(await jobUid(world, 'rke-coredns-addon-deploy-job')).not.toBe(before);
  });

  it('loses the objects that its manifest no longer has, but never a namespace', async () => {
    const namespace = 'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n';
    const first = withAddons(undefined, namespace, configMap('one'), configMap('two'));
    await runPhase(userAddons, first.ports, {});
    const { ports } = withAddons(first.world, configMap('two'));
    const { outcome, warnings } = await runPhase(userAddons, ports, {});
    expect(outcome).toBe('done');
    expect(warnings).toEqual([
      'Namespace shop is no longer in the manifest; it stays, because removing it would remove its contents.',
    ]);
    const left = await Promise.all([
      ports.kube.get(inShop('ConfigMap', 'one'), signal),
      ports.kube.get(inShop('ConfigMap', 'two'), signal),
      ports.kube.get({ apiVersion: 'v1', kind: 'Namespace', name: 'shop' }, signal),
    ]);
    expect(left.map((object) => object?.metadata.name)).toEqual([undefined, 'two', 'shop']);
  });

  it('is removed with everything it made when the spec no longer has it', async () => {
    const first = withAddons(undefined, configMap('one'));
    await runPhase(userAddons, first.ports, {});
    const { ports } = withAddons(first.world);
    expect((await runPhase(userAddons, ports, {})).outcome).toBe('done');
    expect(await ports.kube.get(inShop('ConfigMap', 'one'), signal)).toBeUndefined();
    expect((await runPhase(userAddons, ports, {})).outcome).toBe('skipped: not wanted, and not there');
  });

  it('is not begun when one document of another add-on is wrong', async () => {
    const { ports, world } = withAddons(undefined, configMap('one'), 'kind: ConfigMap\nmetadata: {name: x}');
    const before = world.mutations().length;
    expect((await runPhase(userAddons, ports, {})).outcome).toBe('addon.not_an_object');
    expect(world.mutations().length).toBe(before);
  });

  it('keeps the text of a Secret out of the ConfigMap', async () => {
    const secret = 'apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: shop}\nstringData: {p: hush}\n';
    const { ports } = withAddons(undefined, secret, configMap('one'));
    await runPhase(userAddons, ports, {});
    const ref = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'kube-system', name: 'rke-user-addon' };
    const holder = await ports.kube.get(ref, signal);
    expect(JSON.stringify(holder)).not.toContain('hush');
    expect(await ports.kube.get(inShop('Secret', 's'), signal)).toBeDefined();
  });

  it('says which certificate it lacks before it changes anything', async () => {
    const { ports, world } = withAddons(undefined);
    world.inventory.certificates.delete('metrics-server');
    expect((await runPhase(metricsServer, ports, {})).error).toMatchObject({
      code: 'addon.certificate_missing',
      params: { certificate: 'metrics-server' },
    });
  });

  it('reports the job that fails with the reason that Kubernetes gives', async () => {
    const { ports } = withAddons(undefined);
    const failed = { conditions: [{ type: 'Failed', status: 'True', message: 'Job has reached the backoff limit' }] };
    const kube = {
      ...ports.kube,
      until: async (_ref: ObjectRef, accept: (object: KubeObject | undefined) => boolean) => {
        accept({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'j' }, status: failed });
      },
      list: () => Promise.resolve([crashed]),
      podLogs: () => Promise.resolve(['error: unable to read /etc/config']),
    };
    const { error } = await runPhase(networkPlugin, { ...ports, kube }, {});
    expect([error?.code, error?.params['reason'], error?.lastLines?.slice(0, 2)]).toEqual([
      'addon.job_failed',
      'Job has reached the backoff limit',
      ['rke-deploy-x: on m1: pod ended: Error: exit 1', '  error: unable to read /etc/config'],
    ]);
  });
});

const crashed: KubeObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'rke-deploy-x' },
  spec: { nodeName: 'm1' },
  status: {
    phase: 'Failed',
    containerStatuses: [{ name: 'pod', state: { terminated: { reason: 'Error', message: 'exit 1' } } }],
  },
};
