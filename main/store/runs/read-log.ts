import { watch } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { storeErrors } from '#shared/errors/store.ts';
import { failureCode } from '#main/store/failure-code.ts';
import type { LogLine } from './run-log.ts';

export interface LogQuery {
  /** Only this step's lines. */
  readonly step?: string | undefined;
  /** Only lines after this position: `next` of an earlier answer. */
  readonly after?: number | undefined;
}

export interface LogPage {
  readonly lines: readonly LogLine[];
  /** Where to go on reading, in bytes. A line that is not whole yet comes next time. */
  readonly next: number;
}

const chunkBytes = 1024 * 1024;
/** Network file systems report no changes of other computers; there we look once in this time. */
const lookAgainMs = 1000;

/** All lines so far, oldest first. A run without a log file has none. @throws `store.unusable` */
export async function readLog(path: string, query: LogQuery = {}): Promise<LogPage> {
  const lines: LogLine[] = [];
  let next = query.after ?? 0;
  for await (const page of pages(path, next)) {
    for (const line of page.lines) if (query.step === undefined || line.step === query.step) lines.push(line);
    next = page.next;
  }
  return { lines, next };
}

/** The last whole lines, of at most so many bytes: a log can be larger than memory. @throws `store.unusable` */
export async function readLogTail(path: string, bytes: number): Promise<LogPage> {
  const size = await sizeOf(path);
  // The rest of a line that began before is no JSON, and skipped as such.
  return readLog(path, { after: Math.max(0, size - bytes) });
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (cause) {
    if (failureCode(cause) === 'ENOENT') return 0;
    throw storeErrors.unusable({ path, reason: failureCode(cause) });
  }
}

/** The lines so far and then each new one, until the signal aborts (which ends it without error). */
export async function* followLog(path: string, query: LogQuery, signal: AbortSignal): AsyncGenerator<LogLine, void> {
  for await (const { lines } of followPages(path, query.after ?? 0, signal)) {
    for (const line of lines) if (query.step === undefined || line.step === query.step) yield line;
  }
}

/**
 * The same in pieces of at most a MiB of the file, with the lines of all steps. Pulled: what the reader does not ask for
 * stays in the file. Told to stop, it reads to the end once more.
 * @param from a position: `next` of an earlier page, or 0.
 */
export async function* followPages(path: string, from: number, signal: AbortSignal): AsyncGenerator<LogPage, void> {
  let next = from;
  using changes = changesOf(path);
  for (;;) {
    const stopping = signal.aborted;
    const changed = changes.next(signal); // asked for before reading: a change during the reading is not missed
    for await (const page of pages(path, next)) {
      next = page.next;
      yield page;
    }
    if (stopping) return;
    await changed;
  }
}

async function* pages(path: string, from: number): AsyncGenerator<LogPage, void> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (cause) {
    if (failureCode(cause) === 'ENOENT') return;
    throw storeErrors.unusable({ path, reason: failureCode(cause) });
  }
  try {
    let next = from;
    for (;;) {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(chunkBytes), 0, chunkBytes, next);
      const whole = buffer.subarray(0, bytesRead).lastIndexOf(0x0a) + 1; // lines are shorter than a chunk
      if (whole === 0) return;
      next += whole;
      yield { lines: parseLines(buffer.toString('utf8', 0, whole)), next };
    }
  } finally {
    await file.close();
  }
}

/** What a killed process left of a line is skipped: it is the log, not the journal. */
function parseLines(text: string): readonly LogLine[] {
  return text.split('\n').flatMap((line) => {
    try {
      const { at, step, line: said } = JSON.parse(line) as Partial<LogLine>;
      return at === undefined || step === undefined || said === undefined ? [] : [{ at, step, line: said }];
    } catch {
      return [];
    }
  });
}

/** Wakes at each change in the file's folder (the file itself may not be there yet). */
function changesOf(path: string): { next(signal: AbortSignal): Promise<void> } & Disposable {
  let wake = (): void => undefined;
  const watcher = watch(dirname(path), () => wake());
  // A watch that breaks (folder removed, too many watches) leaves the slower look.
  watcher.on('error', () => watcher.close());
  return {
    async next(signal) {
      const woken = new AbortController();
      wake = () => woken.abort();
      // Rejects when either aborts; both only mean "look now".
      await delay(lookAgainMs, undefined, { signal: AbortSignal.any([signal, woken.signal]) }).catch(() => undefined);
    },
    [Symbol.dispose]: () => watcher.close(),
  };
}
