import { definePhase } from '#main/engine/phase.ts';
import { verifyAddOn } from '../addons/await-rollout.ts';
import { checkAddOn, checkRemoved, deployAddOn, removeAddOn } from '../addons/deploy.ts';
import { flannel } from '../addons/flannel.ts';
import type { ClusterRun } from '../cluster.ts';

/** With the plugin `none` it removes ours, if it is there: two network plugins on a node are none. */
export const networkPlugin = definePhase<ClusterRun, Record<string, never>>({
  id: 'network-plugin',
  title: 'Network plugin',
  check: (run, _input, context) =>
    wanted(run) ? checkAddOn(run, flannel(run.cluster), context) : checkRemoved(run, 'rke-network-plugin', context),
  apply: (run, _input, context) =>
    wanted(run) ? deployAddOn(run, flannel(run.cluster), context) : removeAddOn(run, 'rke-network-plugin', context),
  async verify(run, _input, context) {
    if (wanted(run)) await verifyAddOn(run, flannel(run.cluster), context);
  },
});

function wanted({ cluster }: ClusterRun): boolean {
  return cluster.spec.network.plugin === 'flannel';
}
