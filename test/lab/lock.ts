import { createConnection, createServer, type Socket } from 'node:net';

/** Held while what all labs share is prepared or stopped. */
export const sharedLock = 'shared';

/**
 * A lock between the processes of this machine: whoever listens on an abstract Unix socket holds it. The kernel frees
 * it when the process ends in whatever way, so there are no stale locks, and waiting is waiting for a connection to
 * close rather than polling.
 *
 * @param onWait is told the holder's pid, once, when the lock is not free.
 */
export async function lock(name: string, onWait: (holder: string) => void = () => {}): Promise<AsyncDisposable> {
  const path = `\0slipway-lab/${name}`;
  for (let told = false; ;) {
    const held = await take(path);
    if (held) return held;
    await waitForHolder(path, (holder) => {
      if (!told) onWait(holder);
      told = true;
    });
  }
}

/** `undefined` when another process has it. */
function take(path: string): Promise<AsyncDisposable | undefined> {
  const waiting = new Set<Socket>();
  const server = createServer((socket) => {
    waiting.add(socket);
    socket.on('error', () => {}); // the one who waited went away; nothing depends on it
    socket.write(String(process.pid));
  });
  const release = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of waiting) socket.destroy();
    });
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    );
    server.listen({ path }, () => resolve({ [Symbol.asyncDispose]: release }));
  });
}

function waitForHolder(path: string, onHolder: (pid: string) => void): Promise<void> {
  return new Promise((resolve) => {
    const socket = createConnection({ path });
    socket.on('data', (pid) => onHolder(pid.toString()));
    socket.on('error', () => {}); // it let go before we could ask; 'close' follows
    socket.on('close', () => resolve());
  });
}
