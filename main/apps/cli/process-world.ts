import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { isatty } from 'node:tty';
import type { WriteStream } from 'node:tty';
import { cliErrors } from '#shared/errors/cli.ts';
import { ownVersion } from '../own-version.ts';
import type { Interrupt, Output, World } from './world.ts';

/** The world of a real process. */
export async function processWorld(open: World['open']): Promise<World> {
  // `slipway logs | head`: the reader has gone, and that is no fault.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  return {
    stdout: output(process.stdout, 1),
    stderr: output(process.stderr, 2),
    env: process.env,
    version: await ownVersion(),
    canAsk: isatty(0) && isatty(1),
    ask,
    askSecret,
    now: () => Date.now(),
    every(ms, act) {
      const timer = setInterval(act, ms);
      return () => {
        clearInterval(timer);
      };
    },
    readText,
    writePrivateFile,
    onInterrupt,
    exitNow: (code) => process.exit(code),
    open,
  };
}

function output(stream: WriteStream, fd: number): Output {
  return {
    write: (written) => void stream.write(written),
    isTerminal: isatty(fd) && process.env['TERM'] !== 'dumb',
    size: () => ({ columns: stream.columns || 80, rows: stream.rows || 24 }),
  };
}

function ask(question: string): Promise<string> {
  return prompted(question, createInterface({ input: process.stdin, output: process.stdout }));
}

async function askSecret(question: string): Promise<string> {
  // The prompt echoes what is typed to its output: this one goes nowhere. `terminal` keeps the system from echoing it,
  // so the prompt is made before anybody is asked to type.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const prompt = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  process.stdout.write(question);
  const answer = await prompted('', prompt);
  process.stdout.write('\n');
  return answer;
}

function prompted(question: string, prompt: Interface): Promise<string> {
  return new Promise((resolve) => {
    prompt.on('close', () => {
      resolve('');
    });
    // The prompt reads the keyboard itself, so Ctrl-C comes here and not as a signal.
    prompt.on('SIGINT', () => {
      process.stdout.write('\n');
      prompt.close();
    });
    prompt.question(question, (answer) => {
      resolve(answer);
      prompt.close();
    });
  });
}

async function readText(path: string): Promise<string> {
  try {
    return path === '-' ? await text(process.stdin) : await readFile(path, 'utf8');
  } catch (cause) {
    throw cliErrors.file_unreadable({ path, reason: reasonOf(cause) }, { cause });
  }
}

async function writePrivateFile(path: string, content: string | Uint8Array): Promise<void> {
  const draft = `${path}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(draft, content, { mode: 0o600, flag: 'wx' });
    await chmod(draft, 0o600);
    await rename(draft, path);
  } catch (cause) {
    await rm(draft, { force: true });
    throw cliErrors.file_unwritable({ path, reason: reasonOf(cause) }, { cause });
  }
}

function onInterrupt(listener: (signal: Interrupt) => void): () => void {
  const onInt = () => {
    listener('SIGINT');
  };
  // The terminal has gone or the system shuts down: there is no time for an orderly cancel.
  const onTerm = () => {
    listener('SIGTERM');
  };
  process.on('SIGINT', onInt).on('SIGTERM', onTerm).on('SIGHUP', onTerm);
  return () => {
    process.off('SIGINT', onInt).off('SIGTERM', onTerm).off('SIGHUP', onTerm);
  };
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const code = 'code' in cause ? cause.code : undefined;
  const known: Readonly<Record<string, string>> = {
    ENOENT: 'it does not exist',
    EACCES: 'permission denied',
    EISDIR: 'it is a folder',
    ENOTDIR: 'a part of the path is no folder',
  };
  return (typeof code === 'string' ? known[code] : undefined) ?? cause.message;
}
