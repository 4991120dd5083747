import { closeSync, openSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import type { Compilable } from 'kysely';
import { SlipwayError } from '#shared/errors/define.ts';
import { storeErrors } from '#shared/errors/store.ts';
import { failureCode } from './failure-code.ts';

/** Whether a transaction must survive a power cut (fsync, about 1 ms) or only the end of our process. */
export interface Durability {
  readonly powerCut: boolean;
}

/** One connection to an SQLite file. Everything is synchronous; errors are `store.*`. */
export class Database {
  readonly path: string;
  readonly #connection: Sqlite.Database;
  readonly #busyTimeoutMs: number;

  /** @param busyTimeoutMs How long to wait for another process's transaction; theirs take milliseconds. */
  constructor(path: string, busyTimeoutMs = 5000) {
    this.path = path;
    this.#busyTimeoutMs = busyTimeoutMs;
    this.#connection = this.#guard(() => {
      // SQLite would make it readable for everybody; -wal and -shm take over the mode of the file.
      closeSync(openSync(path, 'a', 0o600));
      return new Sqlite(path, { timeout: busyTimeoutMs });
    });
  }

  all<Row>(query: Compilable<Row>): readonly Row[] {
    const { sql, parameters } = query.compile();
    return this.#guard(() => this.#connection.prepare<unknown[], Row>(sql).all(...parameters));
  }

  first<Row>(query: Compilable<Row>): Row | undefined {
    const { sql, parameters } = query.compile();
    return this.#guard(() => this.#connection.prepare<unknown[], Row>(sql).get(...parameters));
  }

  /** Answers how many rows were changed. */
  run(query: Compilable): number {
    const { sql, parameters } = query.compile();
    return this.#guard(() => this.#connection.prepare(sql).run(...parameters).changes);
  }

  /**
   * All or nothing. Takes the write lock at its start: a transaction that reads first and writes later would fail when
   * another process wrote in between.
   */
  transaction<T>(work: () => T, durability: Durability = { powerCut: true }): T {
    return this.#guard(() => {
      if (durability.powerCut) return this.#connection.transaction(work).immediate();
      this.#connection.pragma('synchronous = NORMAL');
      try {
        return this.#connection.transaction(work).immediate();
      } finally {
        this.#connection.pragma('synchronous = FULL');
      }
    });
  }

  /** For migrations and pragmas only: everything else is a typed query. */
  script(sql: string): void {
    this.#guard(() => this.#connection.exec(sql));
  }

  /** First column of the first row. */
  pragma(text: string): unknown {
    return this.#guard(() => this.#connection.pragma(text, { simple: true }));
  }

  close(): void {
    this.#connection.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #guard<T>(work: () => T): T {
    try {
      return work();
    } catch (cause) {
      throw cause instanceof SlipwayError ? cause : classify(cause, this.path, this.#busyTimeoutMs);
    }
  }
}

/** What is no fault of the file or the system stays what it is: a broken constraint is a fault of ours. */
function classify(cause: unknown, path: string, busyTimeoutMs: number): unknown {
  const code = failureCode(cause);
  if (/^SQLITE_BUSY/.test(code)) return storeErrors.busy({ path, waitedMs: busyTimeoutMs });
  if (/^SQLITE_(CORRUPT|NOTADB)/.test(code)) return storeErrors.corrupt({ path, reason: messageOf(cause) });
  if (code === 'SQLITE_FULL' || code === 'ENOSPC') return storeErrors.disk_full({ path });
  if (/^(SQLITE_(IOERR|CANTOPEN|READONLY|PERM|AUTH)|E[A-Z]+$)/.test(code)) {
    return storeErrors.unusable({ path, reason: `${messageOf(cause)} (${code})` });
  }
  return cause;
}

const messageOf = (thrown: unknown) => (thrown instanceof Error ? thrown.message : String(thrown));
