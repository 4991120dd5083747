import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '#main/engine/clock.ts';
import type { Meter } from '#main/engine/meter.ts';
import type { Random } from '#main/engine/retry.ts';
import { processMeter } from './meter.ts';

/** Time, chance and self-measurement of a Node process: what every composition root gives to the api. */
export function nodeHost(): { readonly clock: Clock; readonly meter: Meter; readonly random: Random } {
  return {
    clock: {
      now: () => Date.now(),
      sleep: async (ms, signal) => {
        try {
          await sleep(ms, undefined, { signal });
        } catch (thrown) {
          signal.throwIfAborted(); // Node's own AbortError hides the reason
          throw thrown;
        }
      },
    },
    meter: processMeter(),
    random: () => Math.random(),
  };
}
