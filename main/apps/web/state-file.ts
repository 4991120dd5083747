import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { answers } from './listen.ts';

const State = v.strictObject({
  pid: v.number(),
  place: v.variant('kind', [
    v.strictObject({ kind: v.literal('port'), port: v.number() }),
    v.strictObject({ kind: v.literal('socket'), path: v.string() }),
  ]),
  /** Good for one session. */
  token: v.string(),
});
export type State = v.InferOutput<typeof State>;

/** `web.json` in the home folder, for its owner only: how a second `slipway-web` finds the first. */
export function stateFile(home: string): string {
  return join(home, 'web.json');
}

export function writeState(home: string, state: State): void {
  writePrivate(home, stateFile(home), `${JSON.stringify(state)}\n`);
}

/** Written whole or not at all. */
export function writePrivate(folder: string, path: string, text: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  writeFileSync(draft, text, { mode: 0o600, flag: 'wx' });
  renameSync(draft, path);
}

/** Of a host that runs: its process may be gone and its number somebody else's. */
export async function readState(home: string): Promise<State | undefined> {
  let text: string;
  try {
    text = readFileSync(stateFile(home), 'utf8');
  } catch {
    return undefined; // no host was started, or not by this user
  }
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), State), text);
  if (!parsed.success) return undefined;
  const { place, pid } = parsed.output;
  if (!isAlive(pid)) return undefined; // killed; whoever has the port by now is none of ours
  const there = place.kind === 'port' ? { host: '127.0.0.1', port: place.port } : { path: place.path };
  return (await answers(there)) ? parsed.output : undefined;
}

/** Unless another host has written its own over it. */
export function removeState(home: string): void {
  try {
    const state = v.parse(v.pipe(v.string(), v.parseJson(), State), readFileSync(stateFile(home), 'utf8'));
    if (state.pid === process.pid) rmSync(stateFile(home), { force: true });
  } catch {
    // It is gone, or not ours to remove.
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false; // gone, or another user's by now
  }
}
