import { describe, expect, it } from 'vitest';
import { recordedWorkloads } from '#main/cluster/addons/recorded-workloads.ts';
import { coredns } from '#main/cluster/phases/coredns.ts';
import { userAddons } from '#main/cluster/phases/user-addons.ts';
import { clusterOf, everyRole } from '#test/fakes/cluster.ts';
import { runPhase } from '../phases/run-phase.ts';
import { runningWorld } from './running-world.ts';

const { signal } = new AbortController();

const workload = (kind: string, where: string) => `apiVersion: apps/v1
kind: ${kind}
metadata: {name: shop${where}}
spec:
  replicas: 1
  selector: {matchLabels: {app: shop}}
  template:
    metadata: {labels: {app: shop}}
    spec: {containers: [{name: shop, image: shop}]}
`;
const service = 'apiVersion: v1\nkind: Service\nmetadata: {name: shop, namespace: shop}\nspec: {ports: [{port: 80}]}\n';

describe('the workloads that add-ons have made', () => {
  it('are known from what their deployment records, in whatever namespace they are', async () => {
    const texts = [workload('Deployment', ', namespace: shop'), workload('StatefulSet', ''), service];
    const addons = texts.map((yaml, index) => ({ from: 'inline' as const, name: `a${String(index)}`, yaml }));
    const cluster = clusterOf([everyRole], { addons });
    const world = runningWorld(cluster);
    const ports = { ...world.ports, cluster };
    await runPhase(coredns, ports, {});
    await runPhase(userAddons, ports, {});
    const found = await recordedWorkloads(world.ports.kube, signal);
    expect(found.map(({ kind, namespace, name }) => `${kind} ${namespace ?? '?'}/${name}`).sort()).toEqual([
      'Deployment kube-system/coredns',
      'Deployment shop/shop',
      'StatefulSet default/shop',
    ]);
  });
});
