import { spawn } from 'node:child_process';
import { mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isAlive, ownerOf, type Owner } from './owner.ts';
import { until } from './until.ts';

/** A program that outlives us. */
export interface Background {
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Says which process it is, for those who come later. */
  readonly pidFile: string;
  readonly logFile: string;
}

/** The process a pid file speaks of, if it still runs. */
export async function running(pidFile: string): Promise<Owner | undefined> {
  try {
    const owner: Owner = JSON.parse(await readFile(pidFile, 'utf8'));
    return isAlive(owner) ? owner : undefined;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new Error(`${pidFile} cannot be read.`, { cause: error });
  }
}

/** Starts it in a session of its own, so that neither our end nor a ^C reaches it. */
export async function startInBackground({ argv, env, pidFile, logFile }: Background): Promise<Owner> {
  const [program = '', ...args] = argv;
  await mkdir(dirname(logFile), { recursive: true });
  await mkdir(dirname(pidFile), { recursive: true });
  await using log = await open(logFile, 'w');
  const child = spawn(program, args, {
    cwd: '/',
    detached: true,
    env: { ...process.env, ...env },
    stdio: ['ignore', log.fd, log.fd],
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (cause) => reject(new Error(`${program} cannot be started.`, { cause })));
  });
  child.unref();
  const owner = ownerOf(child.pid ?? 0);
  await writeFile(pidFile, JSON.stringify(owner));
  return owner;
}

/** Waits until it answers. @throws with the end of its log when it ends before, or not in time. */
export async function untilAnswering(
  { argv, logFile }: Background,
  owner: Owner,
  withinMs: number,
  answers: () => Promise<boolean>,
): Promise<void> {
  const outcome = await until(`${argv[0]} answers (log: ${logFile})`, withinMs, async () => {
    if (!isAlive(owner)) return 'ended';
    return (await answers()) ? 'answers' : undefined;
  });
  if (outcome === 'answers') return;
  throw new Error(`${argv[0]} ended at once:\n${(await readFile(logFile, 'utf8')).slice(-2000)}`);
}

/** SIGTERM, and SIGKILL for one that does not listen. No error when it is not there. */
export async function stopInBackground(pidFile: string, graceMs: number): Promise<void> {
  const owner = await running(pidFile);
  if (owner) {
    process.kill(owner.pid, 'SIGTERM');
    const gone = async (): Promise<true | undefined> => (isAlive(owner) ? undefined : true);
    try {
      await until(`process ${owner.pid} ends`, graceMs, gone);
    } catch {
      process.kill(owner.pid, 'SIGKILL');
      await until(`process ${owner.pid} is killed`, 5000, gone);
    }
  }
  await rm(pidFile, { force: true });
}
