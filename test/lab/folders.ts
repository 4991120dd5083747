import { homedir } from 'node:os';
import { join } from 'node:path';

/** The user's cache folder (XDG Base Directory specification), so that a second clone finds everything built. */
export const home = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'slipway', 'lab');

export const folders = {
  /** One folder per artefact and content hash. */
  artefacts: join(home, 'artefacts'),
  /** Data of the lab's own Docker. */
  daemon: join(home, 'daemon'),
  /** Certificate authority, password and configuration of the registries. */
  registry: join(home, 'registry'),
  /** One folder per lab that is up: its state and its SSH key. */
  labs: join(home, 'labs'),
} as const;

/** Sockets and pid files: lost at a reboot, as are the processes they speak of. */
export const runFolder = '/run/slipway-lab';

/** The folder of the Go programs and of this file. */
export const labFolder = import.meta.dirname;
