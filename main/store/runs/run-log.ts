import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { storeErrors } from '#shared/errors/store.ts';
import { failureCode } from '#main/store/failure-code.ts';

export interface LogLine {
  /** Epoch ms. */
  readonly at: number;
  readonly step: string;
  readonly line: string;
}

export interface LogLimits {
  /** For the file of a run; continued runs go on counting. */
  readonly runBytes: number;
  /** For one step in one process, so that a chatty one leaves room for the others. */
  readonly stepBytes: number;
  /** A longer line is cut, with a note of how much is missing. */
  readonly lineCharacters: number;
}

export const logLimits: LogLimits = { runBytes: 256 * 2 ** 20, stepBytes: 8 * 2 ** 20, lineCharacters: 16_384 };

const bufferCharacters = 64 * 1024;
/** How long a line may wait before it is in the file, where `slipway logs --follow` sees it. */
const flushAfterMs = 50;

/**
 * Writes the NDJSON log of one run. Lines are collected and written together; `close` (or `flush`) writes the rest.
 * One writer per run: the one who has the lease.
 */
export class RunLog {
  readonly #path: string;
  readonly #file: number;
  readonly #redact: (text: string) => string;
  readonly #limits: LogLimits;
  readonly #stepBytes = new Map<string, number>();
  #runBytes: number;
  #buffer: string[] = [];
  #buffered = 0;
  #timer: NodeJS.Timeout | undefined;

  /** Appends to what is there. @param redact Applied to each line before anything else. @throws `store.unusable` */
  constructor(path: string, redact: (text: string) => string, limits: LogLimits = logLimits) {
    this.#path = path;
    this.#redact = redact;
    this.#limits = limits;
    try {
      this.#file = openSync(path, 'a+', 0o600);
      this.#runBytes = fstatSync(this.#file).size;
      // A process that was killed may have left half a line: ours must not become part of it.
      if (!endsWithLineBreak(this.#file, this.#runBytes)) this.#put('\n');
    } catch (cause) {
      throw storeErrors.unusable({ path, reason: failureCode(cause) });
    }
  }

  write({ at, step, line }: LogLine): void {
    const { runBytes, stepBytes, lineCharacters } = this.#limits;
    const soFar = this.#stepBytes.get(step) ?? 0;
    if (this.#runBytes > runBytes || soFar > stepBytes) return;
    const text = `${JSON.stringify({ at, step, line: cut(this.#redact(line), lineCharacters) })}\n`;
    const size = Buffer.byteLength(text);
    this.#stepBytes.set(step, soFar + size);
    this.#put(text);
    const full = this.#runBytes > runBytes ? 'run' : soFar + size > stepBytes ? 'step' : undefined;
    if (full)
      this.#put(`${JSON.stringify({ at, step, line: `[the log of this ${full} is full: the rest is dropped]` })}\n`);
  }

  /** Everything written so far is in the file afterwards. @throws `store.unusable`, `store.disk_full` */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#buffered === 0) return;
    const text = this.#buffer.join('');
    this.#buffer = [];
    this.#buffered = 0;
    try {
      writeSync(this.#file, text);
    } catch (cause) {
      if (failureCode(cause) === 'ENOSPC') throw storeErrors.disk_full({ path: this.#path });
      throw storeErrors.unusable({ path: this.#path, reason: failureCode(cause) });
    }
  }

  close(): void {
    try {
      this.flush();
    } finally {
      closeSync(this.#file);
    }
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #put(text: string): void {
    this.#buffer.push(text);
    this.#buffered += text.length;
    this.#runBytes += Buffer.byteLength(text);
    if (this.#buffered >= bufferCharacters) this.flush();
    else this.#timer ??= setTimeout(() => this.#flushLater(), flushAfterMs).unref();
  }

  /** In a timer nobody could catch it; a full disk shows at once in the journal, which must not be lost. */
  #flushLater(): void {
    try {
      this.flush();
    } catch {
      // The lines of this buffer are lost; the run goes on, and close() would tell of a disk that is still full.
    }
  }
}

function endsWithLineBreak(file: number, size: number): boolean {
  if (size === 0) return true;
  const last = Buffer.alloc(1);
  readSync(file, last, 0, 1, size - 1);
  return last[0] === 0x0a;
}

function cut(line: string, most: number): string {
  return line.length <= most ? line : `${line.slice(0, most)} [${line.length - most} more characters]`;
}
