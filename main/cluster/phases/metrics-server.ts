import { definePhase, todo } from '#main/engine/phase.ts';
import { addonErrors } from '#shared/errors/addon.ts';
import { verifyAddOn } from '../addons/await-rollout.ts';
import { checkAddOn, checkRemoved, deployAddOn, removeAddOn } from '../addons/deploy.ts';
import { difference } from '../addons/difference.ts';
import { refOf } from '../addons/manifest.ts';
import {
  type MetricsCertificates,
  metricsServer as metricsServerManifest,
  metricsServerSecret,
} from '../addons/metrics-server.ts';
import { certificateNames } from '../certificates/names.ts';
import type { ClusterRun } from '../cluster.ts';
import type { StoredCertificate } from '../ports.ts';

export const metricsServer = definePhase<ClusterRun, Record<string, never>>({
  id: 'metrics-server',
  title: 'Metrics server',
  async check(run, _input, context) {
    if (!run.cluster.spec.metrics.enabled) return checkRemoved(run, 'rke-metrics-addon', context);
    const certificates = await certificatesOf(run);
    const secret = metricsServerSecret(certificates);
    const found = await run.kube.get(refOf(secret), context.signal);
    // Its content is compared but never shown.
    if (difference(secret, found) !== undefined) return todo('its serving certificate is not in the cluster');
    return checkAddOn(run, metricsServerManifest(run.cluster, certificates), context);
  },
  async apply(run, _input, context) {
    if (!run.cluster.spec.metrics.enabled) {
      await removeAddOn(run, 'rke-metrics-addon', context);
      await run.kube.remove(secretRef, context.signal);
      return;
    }
    const certificates = await certificatesOf(run);
    await run.kube.apply(metricsServerSecret(certificates), context.signal);
    await deployAddOn(run, metricsServerManifest(run.cluster, certificates), context);
  },
  async verify(run, _input, context) {
    if (!run.cluster.spec.metrics.enabled) return;
    await verifyAddOn(run, metricsServerManifest(run.cluster, await certificatesOf(run)), context);
  },
});

const secretRef = { apiVersion: 'v1', kind: 'Secret', namespace: 'kube-system', name: 'metrics-server-tls' } as const;

async function certificatesOf({ inventory }: ClusterRun): Promise<MetricsCertificates> {
  const stored = await inventory.certificates();
  return {
    kubeCaPem: named(stored, certificateNames.ca).certificatePem,
    serving: named(stored, certificateNames.metricsServer),
  };
}

function named(stored: ReadonlyMap<string, StoredCertificate>, certificate: string): StoredCertificate {
  const found = stored.get(certificate);
  if (!found) throw addonErrors.certificate_missing({ addon: 'metrics-server', certificate });
  return found;
}
