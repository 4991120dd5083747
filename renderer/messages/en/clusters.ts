/** The list of clusters. */
export const clusters = {
  title: 'Clusters',
  what: 'the clusters',
  name: 'Name',
  release: 'Kubernetes',
  machines: 'Machines',
  lastRun: 'Last run',
  noRun: 'No run yet',
  emptyTitle: 'No cluster yet',
  emptyText:
    'A cluster begins with a spec: a short text that names the machines, or the vCenter to make them in. Slipway checks it while you type, shows everything that it would do, and then does it.',
  emptyAction: 'Create the first cluster',
} as const;
