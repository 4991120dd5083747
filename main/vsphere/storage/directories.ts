/**
 * Keeps this process from deleting a directory into which it is writing: deleting takes what is in it along. Other
 * processes have directories of their own.
 */
export class Directories {
  readonly #users = new Map<string, number>();
  readonly #removals = new Map<string, Promise<void>>();

  async use<T>(directory: string, work: () => Promise<T>): Promise<T> {
    // Who wakes first goes on before the next one looks: nothing is awaited in between.
    for (let removal = this.#removals.get(directory); removal; removal = this.#removals.get(directory)) await removal;
    this.#users.set(directory, (this.#users.get(directory) ?? 0) + 1);
    try {
      return await work();
    } finally {
      this.#users.set(directory, (this.#users.get(directory) ?? 1) - 1);
    }
  }

  /** Does nothing while somebody uses it: the last one to remove a file looks again. */
  async ifUnused(directory: string, remove: () => Promise<void>): Promise<void> {
    for (let removal = this.#removals.get(directory); removal; removal = this.#removals.get(directory)) await removal;
    if ((this.#users.get(directory) ?? 0) > 0) return;
    const removal = remove().finally(() => this.#removals.delete(directory));
    // Those who wait for it need not hear why it failed.
    this.#removals.set(
      directory,
      removal.catch(() => undefined),
    );
    await removal;
  }
}
