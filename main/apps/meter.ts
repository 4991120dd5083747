import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Measured, Meter } from '#main/engine/meter.ts';

const resolutionMs = 10;
const bytesPerKiB = 1024;

/** This process. The peak of its memory is the system's own count since the process began. */
export function processMeter(): Meter {
  return {
    start: () => {
      const delays = monitorEventLoopDelay({ resolution: resolutionMs });
      delays.enable();
      let measured: Measured | undefined;
      return {
        end: () => {
          if (!measured) {
            delays.disable();
            measured = {
              peakRssBytes: peakRssKiB() * bytesPerKiB,
              // The histogram holds the time from one tick of its timer to the next, not only the delay.
              eventLoopDelayP99Ms: Math.max(0, delays.percentile(99) / 1e6 - resolutionMs),
            };
          }
          return measured;
        },
      };
    },
  };
}

/**
 * On Linux by the memory's own account: the resource usage of a process begins with what the process that started it
 * used, and a large one would be blamed on us.
 */
function peakRssKiB(): number {
  if (process.platform === 'linux') {
    const peak = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    if (peak !== undefined) return Number(peak);
  }
  return process.resourceUsage().maxRSS;
}
