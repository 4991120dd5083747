import type { Clock } from '#main/engine/clock.ts';

/** A session that is kept between two uses. */
interface Kept<Session> {
  readonly session: Session;
  readonly fingerprint: string;
  /** Aborts the wait for the next use. */
  idle: AbortController;
  uses: number;
  lastUsedAt: number;
  /** Closed with its last use. */
  isRetired: boolean;
}

/**
 * Keeps what is expensive to open (an SSH connection) as long as somebody uses it again and again: closed when nobody has
 * for a while, and with the process.
 */
export class KeptSessions<Session extends AsyncDisposable> implements AsyncDisposable {
  readonly #clock: Clock;
  readonly #idleMs: number;
  readonly #kept = new Map<string, Kept<Session>>();
  readonly #open = new Set<Kept<Session>>();

  /** @param idleMs after its last use; longer than the time between two looks of a page */
  constructor(clock: Clock, idleMs: number) {
    this.#clock = clock;
    this.#idleMs = idleMs;
  }

  /**
   * Works with the session of this key; several may at once.
   * @param fingerprint of what the session was opened with: another one opens a new session.
   * @param isSpent whether what `work` threw means that the next use is better off with a new session.
   * @throws what `open` and `work` throw
   */
  async use<T>(
    { key, fingerprint }: { readonly key: string; readonly fingerprint: string },
    open: () => Session,
    work: (session: Session) => Promise<T>,
    isSpent: (thrown: unknown) => boolean,
  ): Promise<T> {
    const kept = this.#usable(key, fingerprint) ?? this.#keep(key, fingerprint, open());
    kept.uses += 1;
    kept.idle.abort();
    try {
      return await work(kept.session);
    } catch (thrown) {
      if (isSpent(thrown)) await this.#retire(key, kept);
      throw thrown;
    } finally {
      kept.uses -= 1;
      kept.lastUsedAt = this.#clock.now();
      if (kept.isRetired) await this.#closeUnused(kept);
      else if (kept.uses === 0) this.#closeWhenIdle(key, kept);
    }
  }

  /** At once, whoever is at work with them. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#kept.clear();
    await Promise.all([...this.#open].map((kept) => this.#close(kept)));
  }

  #usable(key: string, fingerprint: string): Kept<Session> | undefined {
    const kept = this.#kept.get(key);
    if (!kept) return undefined;
    // A computer that slept has let the time pass without its timers noticing; the connection has not survived it.
    const isOld = kept.uses === 0 && this.#clock.now() - kept.lastUsedAt > this.#idleMs;
    if (kept.fingerprint === fingerprint && !isOld) return kept;
    void this.#retire(key, kept);
    return undefined;
  }

  #keep(key: string, fingerprint: string, session: Session): Kept<Session> {
    const kept: Kept<Session> = {
      session,
      fingerprint,
      idle: new AbortController(),
      uses: 0,
      lastUsedAt: this.#clock.now(),
      isRetired: false,
    };
    this.#kept.set(key, kept);
    this.#open.add(kept);
    return kept;
  }

  #closeWhenIdle(key: string, kept: Kept<Session>): void {
    kept.idle = new AbortController();
    this.#clock.sleep(this.#idleMs, kept.idle.signal).then(
      () => this.#retire(key, kept),
      () => undefined, // used again, or closed
    );
  }

  async #retire(key: string, kept: Kept<Session>): Promise<void> {
    kept.isRetired = true;
    if (this.#kept.get(key) === kept) this.#kept.delete(key);
    await this.#closeUnused(kept);
  }

  async #closeUnused(kept: Kept<Session>): Promise<void> {
    if (kept.uses === 0) await this.#close(kept);
  }

  async #close(kept: Kept<Session>): Promise<void> {
    kept.idle.abort();
    kept.isRetired = true;
    if (!this.#open.delete(kept)) return; // already
    try {
      await kept.session[Symbol.asyncDispose]();
    } catch {
      // Nobody waits for it any more, and what it would say of a connection that is gone is of no use.
    }
  }
}
