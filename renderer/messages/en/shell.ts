/** The window around every page. */
export const shell = {
  skip: 'Skip to the content',
  navigation: 'Main',
  clusters: 'Clusters',
  newCluster: 'New cluster',
  theme: 'Appearance',
  themes: { system: 'As the system', light: 'Light', dark: 'Dark', contrast: 'High contrast' },
  lost: 'The connection to Slipway was lost. Runs go on without this page; it connects again by itself.',
  unknownPage: 'There is no such page',
  unknownPageHint: 'The address may be of another version of Slipway.',
  toClusters: 'Go to the clusters',
  noSession: 'This page has no session',
  noSessionHint:
    'The address that slipway-web printed works once, in one tab. Call slipway-web again: it answers a new one.',
  otherVersion: 'This page is of another version than its host',
  otherVersionHint: 'Load the page again.',
  reload: 'Load again',
  unreachable: 'Slipway does not answer',
  unreachableHint: 'Check that slipway-web still runs, and load the page again.',
} as const;
