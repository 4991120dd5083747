import { definePhase } from '#main/engine/phase.ts';
import { verifyAddOn } from '../addons/await-rollout.ts';
import { coredns as corednsManifest } from '../addons/coredns.ts';
import { checkAddOn, checkRemoved, deployAddOn, removeAddOn } from '../addons/deploy.ts';
import type { ClusterRun } from '../cluster.ts';

export const coredns = definePhase<ClusterRun, Record<string, never>>({
  id: 'coredns',
  title: 'CoreDNS',
  check: (run, _input, context) =>
    run.cluster.spec.dns.enabled
      ? checkAddOn(run, corednsManifest(run.cluster), context)
      : checkRemoved(run, 'rke-coredns-addon', context),
  apply: (run, _input, context) =>
    run.cluster.spec.dns.enabled
      ? deployAddOn(run, corednsManifest(run.cluster), context)
      : removeAddOn(run, 'rke-coredns-addon', context),
  async verify(run, _input, context) {
    if (run.cluster.spec.dns.enabled) await verifyAddOn(run, corednsManifest(run.cluster), context);
  },
});
