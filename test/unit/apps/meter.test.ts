import { describe, expect, it } from 'vitest';
import { processMeter } from '#main/apps/meter.ts';

/** Keeps the event loop busy. */
function block(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

describe('processMeter', () => {
  it('sees how long the event loop was held up, and the memory in bytes', async () => {
    const measuring = processMeter().start();
    // The histogram's timer has to tick once before the first delay counts.
    await new Promise((resolve) => setTimeout(resolve, 30));
    block(200);
    await new Promise((resolve) => setTimeout(resolve, 30));
    const measured = measuring.end();
    expect(measured.eventLoopDelayP99Ms).toBeGreaterThan(150);
    expect(measured.peakRssBytes).toBeGreaterThan(20 * 1024 * 1024);
    expect(measured.peakRssBytes).toBeGreaterThanOrEqual(process.memoryUsage().rss / 2);
    expect(measuring.end()).toEqual(measured);
  });
});
