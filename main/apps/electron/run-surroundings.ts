import { hasCode } from '#shared/errors/define.ts';
import type { Client } from '#shared/contract/index.ts';
import { type ActiveRun, followActiveRuns } from './active-runs.ts';
import { keepAwake, type PowerSaveBlocker } from './awake.ts';
import type { MainWindow } from './main-window.ts';
import { type Notice, noticeEnd } from './run-notice.ts';
import { taskBarProgress } from './task-bar.ts';

export interface Surroundings {
  readonly client: Client;
  readonly window: MainWindow;
  readonly blocker: PowerSaveBlocker;
  notify(notice: Notice, onClick: () => void): void;
  /** Menus and tray. */
  showRuns(runs: readonly ActiveRun[]): void;
  fault(what: string, thrown: unknown): void;
}

/**
 * What the computer around the window does while runs are at work, whoever drives them: it stays awake, the task bar
 * shows how far they are, menus and tray name them, and who is not looking is told of their end. Until the host closes.
 */
export async function followRuns(surroundings: Surroundings): Promise<void> {
  const { client, window, blocker, notify, showRuns, fault } = surroundings;
  const awake = keepAwake(blocker);
  const stateOf = async ({ runId, clusterName }: ActiveRun) => {
    const runs = await client.call('runs.list', { cluster: clusterName });
    return runs.find((one) => one.runId === runId)?.state;
  };
  try {
    await followActiveRuns(client.open('runs.active', {}), {
      changed(runs) {
        awake(runs.length > 0);
        window.setProgress(taskBarProgress(runs));
        showRuns(runs);
      },
      ended(run) {
        noticeEnd(run, { stateOf, isWatched: window.isWatched, show: notify, open: window.show }).catch(
          (thrown: unknown) => fault('tell the end of a run', thrown),
        );
      },
    });
  } catch (thrown) {
    if (!hasCode(thrown, 'rpc.disconnected')) fault('follow the runs', thrown);
  } finally {
    awake(false);
  }
}
