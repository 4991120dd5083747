import type { ClusterDetails, PoolSummary, RunSummary, StartedRun } from '#renderer/lib/client/answers.ts';
import type { Client, OutputOf } from '#shared/contract/index.ts';
import { Answer } from './answer.svelte.ts';
import { everyWhileVisible } from './every.ts';

const everyMs = 5_000;

/** One cluster: what the inventory knows of it, and what can be done with it. */
export class Cluster {
  readonly details = new Answer<ClusterDetails>();
  readonly runs = new Answer<readonly RunSummary[]>();
  readonly pools = new Answer<readonly PoolSummary[]>();
  /** Asked for only when a person wants to see it: it is a key to the cluster. */
  readonly kubeconfig = new Answer<string>();
  readonly merged = new Answer<OutputOf<'kubeconfigs.merge'>>();
  readonly spec = new Answer<string>();
  readonly removalPlan = new Answer<OutputOf<'clusters.planRemoval'>['steps']>();
  readonly started = new Answer<StartedRun>();
  readonly cluster: string;
  #client: Client;

  /** @param cluster its id or name */
  constructor(client: Client, cluster: string) {
    this.#client = client;
    this.cluster = cluster;
  }

  follow(): () => void {
    const { cluster } = this;
    const stop = everyWhileVisible(everyMs, () => {
      if (this.details.busy) return;
      void this.details.ask((signal) => this.#client.call('clusters.get', { cluster }, { signal }));
      void this.runs.ask((signal) => this.#client.call('runs.list', { cluster }, { signal }));
      void this.pools.ask((signal) => this.#client.call('pools.list', { cluster }, { signal }));
    });
    return () => {
      stop();
      for (const answer of [this.details, this.runs, this.pools, this.removalPlan]) answer.cancel();
    };
  }

  loadKubeconfig(): Promise<string | undefined> {
    return this.kubeconfig.ask(
      async (signal) => (await this.#client.call('kubeconfigs.get', { cluster: this.cluster }, { signal })).yaml,
    );
  }

  mergeKubeconfig(switchContext: boolean): Promise<unknown> {
    return this.merged.ask(() => this.#client.call('kubeconfigs.merge', { cluster: this.cluster, switchContext }));
  }

  loadSpec(): Promise<string | undefined> {
    return this.spec.ask(
      async (signal) => (await this.#client.call('clusters.spec', { cluster: this.cluster }, { signal })).text,
    );
  }

  planRemoval(): Promise<unknown> {
    return this.removalPlan.ask(
      async (signal) => (await this.#client.call('clusters.planRemoval', { cluster: this.cluster }, { signal })).steps,
    );
  }

  remove(forgetUnreachable: boolean): Promise<StartedRun | undefined> {
    return this.started.ask(() => this.#client.call('runs.remove', { cluster: this.cluster, forgetUnreachable }));
  }

  resume(): Promise<StartedRun | undefined> {
    return this.started.ask(() => this.#client.call('runs.resume', { cluster: this.cluster }));
  }
}
