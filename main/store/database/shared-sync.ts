/**
 * One sync of a file for all who wait for it. Whoever asks in the same turn of the event loop, or while a sync is under
 * way, shares the next one: fifty machines wait for a few syncs, not for fifty in a row.
 */
export class SharedSync {
  readonly #sync: () => Promise<void>;
  #underWay: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;

  /** @param sync All that was written before it is called survives a power cut when it resolves. */
  constructor(sync: () => Promise<void>) {
    this.#sync = sync;
  }

  /** Resolves when all that was written before this call survives a power cut. @throws what the sync throws. */
  done(): Promise<void> {
    // Never the one that is under way: it may have begun before the caller's write.
    this.#next ??= this.#afterThisTurn();
    return this.#next;
  }

  async #afterThisTurn(): Promise<void> {
    await Promise.allSettled([this.#underWay, endOfTurn()]);
    this.#next = undefined;
    this.#underWay = this.#sync();
    await this.#underWay;
  }
}

const endOfTurn = () => new Promise<void>((resolve) => setImmediate(resolve));
