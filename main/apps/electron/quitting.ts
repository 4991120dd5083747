/** `tray`: go on without a window. `cancel`: end what has begun, then quit. `leave`: stop now, to be resumed. */
export type RunsOnQuit = 'tray' | 'cancel' | 'leave';

export interface QuitParts {
  /** Of the clusters whose runs this process drives: others' runs go on without us. */
  drivenClusters(): readonly string[];
  /** What the person has said in the settings. */
  setting(): Promise<'ask' | RunsOnQuit>;
  ask(clusters: readonly string[]): Promise<{ readonly choice: RunsOnQuit | 'stay'; readonly always: boolean }>;
  remember(choice: RunsOnQuit): Promise<void>;
  hide(): void;
  /** Asks all of them to cancel; fulfils when they have ended. */
  cancelRuns(): Promise<void>;
  /** Leaves what is still at work, and closes the inventory. */
  close(): Promise<void>;
  exit(): void;
  fault(thrown: unknown): void;
}

export interface Quitting {
  /**
   * Asks first where something is at work. Once it is on its way, asking again changes nothing; but who asks again while
   * runs are being cancelled does not want to wait: what is still at work is left.
   */
  request(): Promise<void>;
  /** Nothing holds it up any more. */
  isOver(): boolean;
}

export function openQuitting(parts: QuitParts): Quitting {
  let state: 'no' | 'asking' | 'cancelling' | 'ending' | 'over' = 'no';

  async function choose(): Promise<RunsOnQuit | 'stay'> {
    const clusters = parts.drivenClusters();
    if (clusters.length === 0) return 'leave';
    const setting = await parts.setting();
    if (setting !== 'ask') return setting;
    const { choice, always } = await parts.ask(clusters);
    if (always && choice !== 'stay') await parts.remember(choice);
    return choice;
  }

  const isEnding = (): boolean => state === 'ending' || state === 'over';

  async function end(): Promise<void> {
    state = 'ending';
    try {
      await parts.close();
    } catch (thrown) {
      parts.fault(thrown); // the journal is on disk: whatever is left is resumed next time
    }
    state = 'over';
    parts.exit();
  }

  return {
    isOver: () => state === 'over',
    async request() {
      if (state === 'cancelling') await end();
      if (state !== 'no') return;
      state = 'asking';
      try {
        const choice = await choose();
        if (choice === 'stay' || choice === 'tray') {
          state = 'no';
          if (choice === 'tray') parts.hide();
          return;
        }
        if (choice === 'cancel') {
          state = 'cancelling';
          await parts.cancelRuns();
        }
      } catch (thrown) {
        if (isEnding()) return; // it was left meanwhile
        parts.fault(thrown);
        state = 'no'; // a question that could not be asked is no yes
        return;
      }
      if (!isEnding()) await end();
    },
  };
}
