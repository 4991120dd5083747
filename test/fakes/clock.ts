import type { Clock } from '#main/engine/clock.ts';

interface Timer {
  readonly at: number;
  readonly fire: () => void;
}

/** Time that stands still until `advance` moves it. */
export interface ManualClock extends Clock {
  /** Fires what is due on the way, one after the other, letting everything that follows from each happen first. */
  advance(ms: number): Promise<void>;
  /** How many sleep. */
  sleeping(): number;
}

export function manualClock(start = 1_700_000_000_000): ManualClock {
  const timers = timerQueue(start);
  return {
    now: timers.now,
    sleep: timers.sleep,
    sleeping: timers.size,
    advance: async (ms) => {
      const end = timers.now() + ms;
      await turn();
      while (timers.fireNext(end)) await turn();
      timers.moveTo(end);
    },
  };
}

/**
 * Time that jumps to the next sleeper as soon as nothing else is to be done, so that hours take milliseconds.
 * "Nothing else" means a whole turn of the event loop: real input and output going on meanwhile costs virtual time.
 */
export function autoClock(start = 1_700_000_000_000): Clock {
  const timers = timerQueue(start);
  let scheduled = false;
  const schedule = () => {
    if (scheduled || timers.size() === 0) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      timers.fireNext(Infinity);
      schedule();
    });
  };
  return {
    now: timers.now,
    sleep: (ms, signal) => {
      const slept = timers.sleep(ms, signal);
      schedule();
      return slept;
    },
  };
}

function timerQueue(start: number) {
  let now = start;
  const timers: Timer[] = [];

  const add = (timer: Timer) => {
    let at = timers.length;
    // Behind those of the same time: first come, first served.
    while (at > 0 && (timers[at - 1]?.at ?? 0) > timer.at) at -= 1;
    timers.splice(at, 0, timer);
  };

  return {
    now: () => now,
    size: () => timers.length,
    moveTo: (at: number) => void (now = Math.max(now, at)),
    /** `false` when none is due by `end`. */
    fireNext: (end: number): boolean => {
      const timer = timers[0];
      if (!timer || timer.at > end) return false;
      timers.shift();
      now = Math.max(now, timer.at);
      timer.fire();
      return true;
    },
    sleep: (ms: number, signal: AbortSignal): Promise<void> =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(reasonOf(signal));
        const onAbort = () => {
          timers.splice(timers.indexOf(timer), 1);
          reject(reasonOf(signal));
        };
        const timer: Timer = {
          at: now + Math.max(0, ms),
          fire: () => {
            signal.removeEventListener('abort', onAbort);
            resolve();
          },
        };
        signal.addEventListener('abort', onAbort, { once: true });
        add(timer);
      }),
  };
}

function reasonOf(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason));
}

/** One turn of the event loop: every promise that can go on has gone on. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
