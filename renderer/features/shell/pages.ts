/**
 * Every page but the first one is a file of its own that is fetched when somebody goes there: the window opens with as
 * little as the list of clusters needs.
 */
export const pages = {
  cluster: () => import('../cluster/ClusterPage.svelte'),
  run: () => import('../run/RunPage.svelte'),
  newCluster: () => import('../new-cluster/NewClusterPage.svelte'),
  newSpec: () => import('../new-cluster/NewClusterPage.svelte'),
} as const;
