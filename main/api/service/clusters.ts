import { stringify } from 'yaml';
import { planView } from '#main/engine/plan.ts';
import type { Service } from '#shared/contract/index.ts';
import type { ServiceOptions } from './service-options.ts';

type Clusters = Pick<Service, Extract<keyof Service, `clusters.${string}`>>;

export function clusterService({ slipway }: Pick<ServiceOptions, 'slipway'>): Clusters {
  return {
    'clusters.list': () => slipway.clusters(),
    'clusters.get': async ({ cluster }) => {
      const { view: _watched, ...details } = await slipway.status(cluster);
      return details;
    },
    'clusters.health': ({ cluster }, signal) => slipway.health(cluster, signal),
    'clusters.spec': async ({ cluster }) => {
      const { spec, applied } = await slipway.spec(cluster);
      return { text: stringify(spec), applied: applied && stringify(applied) };
    },
    'clusters.planRemoval': async ({ cluster }) => {
      const { steps } = await slipway.planDown(cluster);
      // Without the inputs, which are between planner and phase.
      return { steps: planView({ operation: 'remove', clusterId: '', phases: [], steps }).steps };
    },
  };
}
