const longestMs = 5_000;

/** Half a second at first, then longer; at once when the network is back or the tab is looked at again. */
export function backOff(signal: AbortSignal): (attempt: number) => Promise<void> {
  return (attempt) =>
    new Promise((resolve) => {
      const done = new AbortController();
      const end = (): void => {
        clearTimeout(timer);
        done.abort();
        resolve();
      };
      const timer = setTimeout(end, Math.min(longestMs, 250 * 2 ** Math.min(attempt, 10)));
      const options = { signal: done.signal };
      window.addEventListener('online', end, options);
      document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && end(), options);
      signal.addEventListener('abort', end, options);
    });
}
