import { definePhase, done, todo } from '#main/engine/phase.ts';
import { loadMaterial } from '../certificates/material.ts';
import type { ClusterRun } from '../cluster.ts';
import { buildKubeconfig } from '../kubeconfig/build.ts';

/** Builds the person's kubeconfig and keeps it in the inventory. Writing and merging files is for whoever asked. */
export const kubeconfig = definePhase<ClusterRun, Record<string, never>>({
  id: 'kubeconfig',
  title: 'Kubeconfig',
  async check(run) {
    const stored = await run.inventory.kubeconfig();
    if (stored === undefined) return todo('there is none yet');
    // The certificates are a need of this step, so in a run they are there.
    const wanted = buildKubeconfig(run.cluster, await loadMaterial(run.inventory, run.cluster));
    return stored === wanted ? done('it is up to date') : todo('certificates or endpoints have changed');
  },
  async apply(run) {
    await run.inventory.putKubeconfig(buildKubeconfig(run.cluster, await loadMaterial(run.inventory, run.cluster)));
  },
  async verify(run) {
    const wanted = buildKubeconfig(run.cluster, await loadMaterial(run.inventory, run.cluster));
    if ((await run.inventory.kubeconfig()) !== wanted) throw new Error('The inventory did not keep the kubeconfig');
  },
});
