import { chmodSync, lstatSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { webErrors } from '#shared/errors/web.ts';
import type { Place } from './options.ts';

/** Answers the port that was taken; 0 for a socket. @throws `web.cannot_listen` */
export async function listen(server: Server, place: Place): Promise<number> {
  const where = place.kind === 'port' ? `127.0.0.1:${place.port}` : place.path;
  try {
    if (place.kind === 'port') {
      await listening(server, () => server.listen({ host: '127.0.0.1', port: place.port, exclusive: true }));
      return (server.address() as AddressInfo).port;
    }
    await removeStaleSocket(place.path);
    // The system makes the socket with the process's own mask: nobody else can use it, not even for a moment.
    const mask = process.umask(0o177);
    try {
      await listening(server, () => server.listen({ path: place.path }));
    } finally {
      process.umask(mask);
    }
    chmodSync(place.path, 0o600);
    return 0;
  } catch (cause) {
    throw webErrors.cannot_listen({ where, reason: cause instanceof Error ? cause.message : String(cause) }, { cause });
  }
}

function listening(server: Server, begin: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.once('listening', () => {
      server.off('error', reject);
      resolve();
    });
    begin();
  });
}

/** What a killed host has left. Anything but a socket that nobody serves stays, and listening fails. */
async function removeStaleSocket(path: string): Promise<void> {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found?.isSocket() && !(await answers({ path }))) rmSync(path);
}

/** Whether somebody accepts connections there. */
export function answers(place: { readonly path: string } | { readonly host: string; readonly port: number }) {
  return new Promise<boolean>((resolve) => {
    const socket = connect(place);
    const end = (answer: boolean) => () => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', end(true)).once('error', end(false));
  });
}
