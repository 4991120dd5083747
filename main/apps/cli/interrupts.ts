import type { RunControl } from '#main/api/runs/driving.ts';
import { exitCodes } from './exit-codes.ts';
import type { World } from './world.ts';

export interface Interrupts extends Disposable {
  readonly control: RunControl;
}

/**
 * First Ctrl-C: cancel in order. Second, or a termination: leave at once, to be resumed. Third: do not even wait for
 * that; the journal is on disk already.
 * @param watching whether somebody else drives the run: then the first Ctrl-C only stops watching.
 */
export function handleInterrupts(
  world: World,
  say: (text: string) => void,
  watching: () => boolean,
  resumeCommand: () => string,
): Interrupts {
  const cancel = new AbortController();
  const leave = new AbortController();
  const stop = world.onInterrupt((signal) => {
    if (leave.signal.aborted) {
      world.exitNow(exitCodes.elsewhere.code);
      return;
    }
    if (watching()) {
      say('Stopped watching; the run goes on in the other process.');
      leave.abort();
      return;
    }
    if (signal === 'SIGTERM' || cancel.signal.aborted) {
      say(`Leaving the run as it is. Go on later with: ${resumeCommand()}`);
      leave.abort();
      return;
    }
    say('Cancelling: what has begun ends first. Press Ctrl-C again to leave at once and resume later.');
    cancel.abort();
  });
  return { control: { cancel: cancel.signal, leave: leave.signal }, [Symbol.dispose]: stop };
}
