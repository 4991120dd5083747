import type { ApproveHostKey } from '#main/machines/ssh/known-hosts.ts';
import type { ConnectionSettings } from '#main/machines/ssh/settings.ts';
import type { Interaction, UnknownHostKey } from './interaction.ts';

interface Asked {
  readonly key: UnknownHostKey;
  readonly answer: PromiseWithResolvers<boolean>;
}

/**
 * Shows the host keys that nobody gave together and asks about them once: it waits until every machine has either
 * connected, failed, or come to a key (its own or its bastion's) that somebody must look at.
 */
export class HostKeyApproval {
  readonly #interaction: Interaction;
  /** Of the machines that are there already; a machine that we make brings a host key of ours. */
  readonly #settings: ReadonlyMap<string, ConnectionSettings>;
  readonly #connecting = new Map<string, ConnectionSettings>();
  #waiting = new Map<string, Asked>();

  constructor(interaction: Interaction, settings: ReadonlyMap<string, ConnectionSettings>) {
    this.#interaction = interaction;
    this.#settings = settings;
  }

  readonly approve: ApproveHostKey = (name, fingerprint, keyType) => {
    const before = this.#waiting.get(name);
    if (before?.key.fingerprint === fingerprint) return before.answer.promise;
    const answer = Promise.withResolvers<boolean>();
    const key = { machine: name, address: this.#addressOf(name), keyType, fingerprint };
    this.#waiting.set(name, { key, answer });
    // Two different keys for one name: somebody is in between. The one seen first is not asked about any more.
    before?.answer.resolve(false);
    void this.#askWhenComplete();
    return answer.promise;
  };

  /** Makes the first connections. Failures are left to the run, which reports them with its own attempts. */
  async connectAll(connect: (machine: string) => Promise<unknown>): Promise<void> {
    for (const [name, settings] of this.#settings) this.#connecting.set(name, settings);
    await Promise.allSettled(
      [...this.#settings.keys()].map(async (name) => {
        try {
          await connect(name);
        } finally {
          this.#connecting.delete(name);
          await this.#askWhenComplete();
        }
      }),
    );
  }

  async #askWhenComplete(): Promise<void> {
    if (this.#waiting.size === 0) return;
    const isBlocked = ([name, { bastion }]: readonly [string, ConnectionSettings]): boolean =>
      this.#waiting.has(name) || (bastion !== undefined && this.#waiting.has(bastion.name));
    if (![...this.#connecting].every(isBlocked)) return;
    const asked = [...this.#waiting.values()];
    this.#waiting = new Map();
    const keys = asked.map(({ key }) => key).sort((a, b) => (a.machine < b.machine ? -1 : 1));
    try {
      const approved = await this.#interaction.approveHostKeys(keys);
      for (const { answer } of asked) answer.resolve(approved);
    } catch (thrown) {
      // Who could not be asked has approved nothing; each connection fails with the reason.
      for (const { answer } of asked) answer.reject(thrown);
    }
  }

  #addressOf(name: string): string {
    const own = this.#settings.get(name);
    if (own) return own.address;
    return [...this.#settings.values()].find(({ bastion }) => bastion?.name === name)?.bastion?.address ?? name;
  }
}
