import { defineErrors } from './define.ts';

/** The inventory on the person's own computer: database, run logs, kubeconfig files. */
export const storeErrors = defineErrors('store', {
  home_unusable: {
    params: ['path', 'reason'],
    cause: "Slipway's home folder {path} cannot be used: {reason}.",
    hint: 'Make it a folder that belongs to you with mode 0700, or set SLIPWAY_HOME to another one.',
    retry: 'never',
  },
  corrupt: {
    params: ['path', 'reason'],
    cause: 'The inventory {path} is damaged: {reason}.',
    hint: 'Restore it from the folder "backups" beside it or from your own backup. Slipway leaves the damaged file as it is.',
    retry: 'never',
  },
  foreign_file: {
    params: ['path'],
    cause: '{path} is an SQLite database, but not one of Slipway.',
    hint: 'Move it away, or set SLIPWAY_HOME to another folder.',
    retry: 'never',
  },
  newer: {
    params: ['path', 'found', 'known'],
    cause: 'The inventory {path} was written by a newer Slipway (format {found}; this one knows up to {known}).',
    hint: 'Update Slipway. An older version must not change it.',
    retry: 'never',
  },
  migration_failed: {
    params: ['path', 'version', 'reason'],
    cause: 'The inventory {path} could not be brought to format {version}: {reason}. It is as it was before.',
    hint: 'Free disk space if that is the reason; otherwise report this. The copy in the folder "backups" is from just before.',
    retry: 'never',
  },
  busy: {
    params: ['path', 'waitedMs'],
    cause: 'Another process kept the inventory {path} locked for {waitedMs} ms.',
    hint: 'Close other programs that have the file open (a backup tool, an SQLite browser) and try again.',
    retry: 'backoff',
  },
  disk_full: {
    params: ['path'],
    cause: 'No space left for the inventory {path}.',
    hint: 'Free disk space, then run: slipway resume.',
    retry: 'never',
  },
  unusable: {
    params: ['path', 'reason'],
    cause: '{path} cannot be used: {reason}.',
    hint: 'Check that the path exists on a local disk and that you may read and write it.',
    retry: 'never',
  },
  other_vault: {
    params: ['path'],
    cause: 'The secrets in {path} were sealed by another vault than the vault.json beside it.',
    hint: 'Restore slipway.db and vault.json together from one backup.',
    retry: 'never',
  },
  cluster_exists: {
    params: ['name', 'id'],
    cause: 'There is already a cluster {name} ({id}).',
    hint: 'Choose another name, or change that cluster.',
    retry: 'never',
  },
  cluster_unknown: {
    params: ['name'],
    cause: 'There is no cluster {name} in the inventory.',
    hint: 'Run "slipway status" to see the clusters that there are.',
    retry: 'never',
  },
  cluster_not_empty: {
    params: ['cluster', 'exists'],
    cause: 'The inventory still has what exists because of cluster {cluster}: {exists}.',
    hint: 'Remove that first: slipway down {cluster}',
    retry: 'never',
  },
  spec_unreadable: {
    params: ['cluster', 'reason'],
    cause: 'The stored spec of cluster {cluster} does not fit this version of Slipway: {reason}.',
    hint: 'Run "slipway up" with the spec file again; it replaces the stored one.',
    retry: 'never',
  },
  settings_unusable: {
    params: ['path', 'reason'],
    cause: 'The settings in {path} do not fit this version of Slipway: {reason}.',
    hint: 'Update Slipway, or restore the inventory from the folder "backups" beside it.',
    retry: 'never',
  },
  run_exists: {
    params: ['runId'],
    cause: 'Run {runId} is in the journal already.',
    hint: 'This is a fault in Slipway. Please report it with the run log.',
    retry: 'never',
  },
  run_unknown: {
    params: ['runId'],
    cause: 'There is no run {runId} in the journal.',
    hint: 'Run "slipway status" to see the runs that there are.',
    retry: 'never',
  },
  address_taken: {
    params: ['machine', 'address'],
    cause: 'The address {address} of {machine} was given to a machine of another cluster a moment ago.',
    hint: 'Begin again: the next free address is taken then.',
    retry: 'never',
  },
});
