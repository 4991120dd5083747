import { fileURLToPath } from 'node:url';
import type { DrivenRun } from '#main/api/service/run-driver.ts';
import type { Slipway } from '#main/api/slipway.ts';
import type { HostCapabilities } from '#shared/contract/index.ts';
import { openHost } from '../open-host.ts';
import { readStaticFiles } from '../static-files.ts';
import { createWebHost } from './host.ts';
import { listen } from './listen.ts';
import type { Place } from './options.ts';
import { openSessions } from './sessions.ts';
import { removeState, writeState } from './state-file.ts';

export interface StartOptions {
  readonly slipway: Slipway;
  readonly place: Place;
  /** Where relative paths in a spec start. */
  readonly folder: string;
  readonly kubeconfigPath: string;
  readonly productVersion: string;
  /** Folder of the built pages; Slipway's own when left out. */
  readonly renderer?: string;
  readonly now: () => number;
  /** One line for whoever looks after the host. */
  readonly log: (line: string) => void;
}

export interface StartedHost {
  /** Where it listens, with the port that it got. */
  readonly place: Place;
  /** Good for one session; a new one after each. */
  readonly token: () => string;
  readonly hasPages: boolean;
  /** Leaves all runs so that they can be resumed, and answers which; then ends everything but `slipway`. */
  close(): Promise<readonly DrivenRun[]>;
}

const ownRenderer = fileURLToPath(new URL('../../../renderer/dist', import.meta.url));

const capabilities: HostCapabilities = {
  app: 'web',
  nativeFileDialogs: false,
  notifications: false,
  openExternal: false,
};

/** @throws `web.cannot_listen` */
export async function startHost(options: StartOptions): Promise<StartedHost> {
  const { slipway } = options;
  const { dispatcher, driver, onFault } = openHost({ ...options, capabilities, files: undefined });
  const listening: { place?: Place } = {};
  const remember = (token: string): void => {
    if (listening.place) writeState(slipway.home, { pid: process.pid, place: listening.place, token });
  };
  const sessions = openSessions(remember);
  const files = await readStaticFiles(options.renderer ?? ownRenderer);
  const host = createWebHost({ dispatcher, sessions, files, onFault });
  const port = await listen(host.server, options.place);
  const place: Place = options.place.kind === 'port' ? { kind: 'port', port } : options.place;
  listening.place = place;
  remember(sessions.token());
  return {
    place,
    token: sessions.token,
    hasPages: files.has('/'),
    async close() {
      const left = await driver.leave(); // while the pages are still told about it
      await host.close();
      removeState(slipway.home);
      return left;
    },
  };
}
