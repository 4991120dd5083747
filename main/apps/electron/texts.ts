import type { RunState } from '#shared/contract/index.ts';
import type { ActiveRun } from './active-runs.ts';

/** What the application says outside of its pages: in menus, notifications and questions of the system. */
export const texts = {
  product: 'Slipway',
  menu: {
    file: '&File',
    newCluster: 'New Cluster',
    settings: 'Settings…',
    quit: 'Quit Slipway',
    edit: '&Edit',
    view: '&View',
    clusters: 'Clusters',
    diagnostics: 'Diagnostics',
    runs: '&Runs',
    noRuns: 'No run is at work',
    cancel: (cluster: string) => `Cancel the run of ${cluster}…`,
    open: (cluster: string) => `Show the run of ${cluster}`,
    window: '&Window',
    help: '&Help',
  },
  tray: {
    open: 'Open Slipway',
    idle: 'Slipway: no run is at work',
    atWork: (runs: number) => `Slipway: ${runs === 1 ? 'a run is' : `${runs} runs are`} at work`,
    run: ({ clusterName, progress: { done, total } }: ActiveRun) =>
      total === 0 ? `${clusterName}: begins` : `${clusterName}: ${done} of ${total} steps`,
  },
  ended: ({ clusterName, operation }: ActiveRun, state: Exclude<RunState, 'running'>) =>
    endTexts[state](`${clusterName}: ${operation}`),
  quit: {
    message: (clusters: readonly string[]) =>
      clusters.length === 1
        ? `The run of ${clusters.join()} is at work. What is to become of it?`
        : `Runs of ${clusters.join(', ')} are at work. What is to become of them?`,
    detail:
      'In the tray they go on without a window. Cancelling lets what has begun end first, and can take a minute. ' +
      'Left, they stop now and go on where they were with Resume: nothing that was finished is done again.',
    tray: 'Keep Running in the Tray',
    cancel: 'Cancel and Quit',
    leave: 'Quit and Resume Later',
    stay: 'Do Not Quit',
    always: 'Always do this',
  },
  cancel: {
    message: (cluster: string) => `Cancel the run of ${cluster}?`,
    detail: 'What has begun ends first. Its page shows what remains, and how to remove it or go on.',
    yes: 'Cancel the Run',
    no: 'Let It Go On',
  },
  pageGone: {
    message: 'The window has stopped working.',
    detail: 'Runs are not touched: they belong to no window.',
    reload: 'Load It Again',
  },
  cannotStart: 'Slipway cannot start',
} as const;

const endTexts: Readonly<
  Record<Exclude<RunState, 'running'>, (what: string) => { readonly title: string; readonly body: string }>
> = {
  succeeded: (what) => ({ title: `${what} has succeeded`, body: 'Open it to see what was made.' }),
  failed: (what) => ({ title: `${what} has failed`, body: 'Open it for the cause and what to do about it.' }),
  cancelled: (what) => ({ title: `${what} was cancelled`, body: 'Open it to see what remains.' }),
  interrupted: (what) => ({ title: `${what} was interrupted`, body: 'Open it to resume where it stopped.' }),
};
