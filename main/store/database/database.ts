import { closeSync, fdatasync, openSync } from 'node:fs';
import { promisify } from 'node:util';
import Sqlite from 'better-sqlite3';
import type { Compilable } from 'kysely';
import { SlipwayError } from '#shared/errors/define.ts';
import { storeErrors } from '#shared/errors/store.ts';
import { failureCode } from '#main/store/failure-code.ts';
import { SharedSync } from './shared-sync.ts';

/**
 * Whether a transaction must survive a power cut when it returns (a sync of the disk, 1 to 10 ms in which our process
 * stands still) or only the end of our process. `durable` makes the latter survive a power cut, too.
 */
export interface Durability {
  readonly powerCut: boolean;
}

const syncData = promisify(fdatasync);

/** One connection to an SQLite file. Everything but `durable` is synchronous; errors are `store.*`. */
export class Database {
  readonly path: string;
  readonly #connection: Sqlite.Database;
  readonly #busyTimeoutMs: number;
  readonly #statements = new Map<string, Sqlite.Statement>();
  readonly #shared = new SharedSync(() => this.#syncLog());
  #log: number | undefined;
  #survivesPowerCut: boolean | undefined;

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
    return this.#guard(() => this.#prepared<Row>(sql).all(...parameters));
  }

  first<Row>(query: Compilable<Row>): Row | undefined {
    const { sql, parameters } = query.compile();
    return this.#guard(() => this.#prepared<Row>(sql).get(...parameters));
  }

  /** Answers how many rows were changed. */
  run(query: Compilable): number {
    const { sql, parameters } = query.compile();
    return this.#guard(() => {
      this.#setSync({ powerCut: true });
      return this.#prepared(sql).run(...parameters).changes;
    });
  }

  /**
   * All or nothing. Takes the write lock at its start: a transaction that reads first and writes later would fail when
   * another process wrote in between.
   */
  transaction<T>(work: () => T, durability: Durability = { powerCut: true }): T {
    return this.#guard(() => {
      this.#setSync(durability);
      return this.#connection.transaction(work).immediate();
    });
  }

  /** All that `work` reads is of one moment, whatever other processes write meanwhile. Keeps nobody from writing. */
  snapshot<T>(work: () => T): T {
    return this.#guard(() => this.#connection.transaction(work).deferred());
  }

  /**
   * A transaction that is over when this returns and survives a power cut when the promise resolves. Shares the sync with
   * all who write in the same turn, and our process does not stand still meanwhile.
   */
  async durably<T>(work: () => T): Promise<T> {
    const made = this.transaction(work, { powerCut: false });
    await this.durable();
    return made;
  }

  /** Resolves when every transaction that is over now survives a power cut. */
  async durable(): Promise<void> {
    try {
      await this.#shared.done();
    } catch (cause) {
      throw cause instanceof SlipwayError ? cause : classify(cause, this.path, this.#busyTimeoutMs);
    }
  }

  /** For migrations and pragmas only: everything else is a typed query. */
  script(sql: string): void {
    this.#guard(() => {
      this.#setSync({ powerCut: true });
      this.#connection.exec(sql);
    });
  }

  /** First column of the first row. */
  pragma(text: string): unknown {
    return this.#guard(() => this.#connection.pragma(text, { simple: true }));
  }

  close(): void {
    if (this.#log !== undefined) closeSync(this.#log);
    this.#log = undefined;
    this.#connection.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** For the next transaction; inside of one, the outermost decides. Costs as much as a write, so what is set stays. */
  #setSync({ powerCut }: Durability): void {
    if (this.#survivesPowerCut === powerCut || this.#connection.inTransaction) return;
    this.#connection.pragma(`synchronous = ${powerCut ? 'FULL' : 'NORMAL'}`);
    this.#survivesPowerCut = powerCut;
  }

  #prepared<Row = unknown>(sql: string): Sqlite.Statement<unknown[], Row> {
    let statement = this.#statements.get(sql);
    if (!statement) this.#statements.set(sql, (statement = this.#connection.prepare(sql)));
    return statement as Sqlite.Statement<unknown[], Row>; // kysely made the text and the type from one query
  }

  /**
   * What SQLite itself does at the end of a transaction with `synchronous = FULL`, on a thread of its own: in a WAL the
   * transactions are there once the file is synced (https://sqlite.org/wal.html, "Performance Considerations"). A sync is
   * of the file, whoever wrote; a checkpoint syncs the log before it copies from it. The log is never replaced while a
   * connection is open.
   */
  async #syncLog(): Promise<void> {
    if (!this.#connection.open) throw storeErrors.unusable({ path: this.path, reason: 'it has been closed' });
    this.#log ??= openSync(`${this.path}-wal`, 'r+'); // Windows syncs only what is open for writing
    await syncData(this.#log);
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
