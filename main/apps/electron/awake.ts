/** Of Electron's powerSaveBlocker. */
export interface PowerSaveBlocker {
  start(type: 'prevent-app-suspension'): number;
  stop(id: number): void;
}

/**
 * Answers how to say whether something is at work: the computer does not fall asleep meanwhile. The screen may go dark.
 * Nothing holds a lid that is closed: then the run goes on, or is resumed, when it wakes up.
 */
export function keepAwake(blocker: PowerSaveBlocker): (atWork: boolean) => void {
  let held: number | undefined;
  return (atWork) => {
    if (atWork) held ??= blocker.start('prevent-app-suspension');
    else if (held !== undefined) {
      blocker.stop(held);
      held = undefined;
    }
  };
}
