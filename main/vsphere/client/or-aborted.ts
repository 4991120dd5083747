/** What a shared promise gives, for one who may give up earlier than the others that wait for it. */
export async function orAborted<T>(shared: Promise<T>, signal: AbortSignal): Promise<T> {
  // Those who gave up do not hear how it ends, and nobody else may be listening.
  shared.catch(() => {});
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const stop = (): void => aborted.reject(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([shared, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
