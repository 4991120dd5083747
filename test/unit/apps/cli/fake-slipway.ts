import type { ClusterSummary, Slipway } from '#main/api/slipway.ts';

/** Refuses every call that the test did not script. */
export const refusing: Slipway = {
  readSpec: () => refuse('readSpec'),
  plan: () => refuse('plan'),
  up: () => refuse('up'),
  resume: () => refuse('resume'),
  cancel: () => refuse('cancel'),
  clusters: () => refuse('clusters'),
  status: () => refuse('status'),
  runs: () => refuse('runs'),
  logs: () => refuse('logs'),
  kubeconfig: () => refuse('kubeconfig'),
  mergeKubeconfig: () => refuse('mergeKubeconfig'),
  secretStore: () => refuse('secretStore'),
  releases: () => refuse('releases'),
  [Symbol.asyncDispose]: async () => {},
};

function refuse(name: string): never {
  throw new Error(`Nobody scripted ${name}().`);
}

export function cluster(name: string): ClusterSummary {
  return { id: `c-${name}`, name, release: 'v1.36.3', machines: 3, lastRun: undefined };
}
