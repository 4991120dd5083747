import { hasCode } from '#shared/errors/define.ts';
import { Collector } from './collector.ts';
import type { SessionCalls } from './session-calls.ts';
import type { Watcher } from './watch.ts';

/** All that is watched in one vCenter, across its sessions. */
export class Watches {
  readonly #vcenter: SessionCalls;
  readonly #watchers = new Set<Watcher>();
  #collector: Collector | undefined;

  constructor(vcenter: SessionCalls) {
    this.#vcenter = vcenter;
  }

  /** @returns what ends it. One who leaves disturbs no other. */
  join(watcher: Watcher): () => void {
    this.#watchers.add(watcher);
    this.#collector ??= this.#newCollector();
    this.#collector.add(watcher);
    return () => {
      this.#watchers.delete(watcher);
      this.#collector?.remove(watcher);
    };
  }

  #newCollector(): Collector {
    const collector: Collector = new Collector(this.#vcenter, (error) => this.#lost(collector, error));
    return collector;
  }

  /** With its session the collector is gone, but not what we wait for: a new one tells how it stands now. */
  #lost(collector: Collector, error: unknown): void {
    if (collector !== this.#collector) return;
    this.#collector = undefined;
    if (hasCode(error, 'vsphere.session_expired') && this.#watchers.size > 0) {
      const next = this.#newCollector();
      this.#collector = next;
      for (const watcher of this.#watchers) next.add(watcher);
      return;
    }
    for (const watcher of this.#watchers) watcher.fail(error);
  }
}
