/**
 * Every page but the first one is a file of its own that is fetched when somebody goes there: the window opens with as
 * little as the list of clusters needs.
 */
export const pages = {
  cluster: () => import('../cluster/ClusterPage.svelte'),
  run: () => import('../run/RunPage.svelte'),
  newCluster: () => import('../wizard/WizardPage.svelte'),
  newSpec: () => import('../new-cluster/NewClusterPage.svelte'),
  profiles: () => import('../profiles/ProfilesPage.svelte'),
  templates: () => import('../templates/TemplatesPage.svelte'),
  credentials: () => import('../credentials/CredentialsPage.svelte'),
  settings: () => import('../settings/SettingsPage.svelte'),
  diagnostics: () => import('../diagnostics/DiagnosticsPage.svelte'),
} as const;
