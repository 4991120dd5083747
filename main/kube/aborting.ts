/**
 * `request`, or the signal's reason as soon as it aborts. undici looks at a request's signal only once it has a connection
 * to send it on, and through a tunnel that can take until the handshake's own deadline; it is given up there then.
 */
export function aborting<T>(request: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const onAbort = (): void => reject(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  request.then(resolve, reject);
  return promise.finally(() => signal.removeEventListener('abort', onAbort));
}
