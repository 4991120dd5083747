import type { Duplex } from 'node:stream';
import { hasCode } from '#shared/errors/define.ts';

/** A byte stream to `host:port` as seen from the machine, inside its SSH connection. Given by `main/machines`. */
export type Tunnel = (machine: string, host: string, port: number, signal: AbortSignal) => Promise<Duplex>;

/** The machine answered that nothing listens there: an observation, unlike a tunnel that could not be made. */
export function isRefused(thrown: unknown): boolean {
  return hasCode(thrown, 'ssh.tunnel_refused');
}
