import type { Service } from '#shared/contract/index.ts';
import type { ServiceOptions } from './service-options.ts';

type Kubeconfigs = Pick<Service, 'kubeconfigs.get' | 'kubeconfigs.merge'>;

export function kubeconfigService({
  slipway,
  kubeconfigPath: path,
}: Pick<ServiceOptions, 'slipway' | 'kubeconfigPath'>): Kubeconfigs {
  return {
    'kubeconfigs.get': async ({ cluster }) => ({ yaml: await slipway.kubeconfig(cluster) }),
    'kubeconfigs.merge': async ({ cluster, switchContext }) => {
      return { context: await slipway.mergeKubeconfig(cluster, path, { switchContext }), path };
    },
  };
}
