import type { ClusterDetails, PoolSummary, RunSummary, StartedRun } from '#renderer/lib/client/answers.ts';
import type { Client, OutputOf } from '#shared/contract/index.ts';
import { Answer } from '#renderer/lib/state/app/answer.svelte.ts';
import { Health } from './cluster-health.svelte.ts';
import { everyWhileVisible } from '#renderer/lib/state/app/every.ts';

const everyMs = 5_000;

/** One cluster: what the inventory knows of it, and what can be done with it. */
export class Cluster {
  readonly details = new Answer<ClusterDetails>();
  readonly runs = new Answer<readonly RunSummary[]>();
  readonly pools = new Answer<readonly PoolSummary[]>();
  /** Asked for only when a person wants to see it: it is a key to the cluster. */
  readonly kubeconfig = new Answer<string>();
  readonly merged = new Answer<OutputOf<'kubeconfigs.merge'>>();
  readonly spec = new Answer<OutputOf<'clusters.spec'>>();
  readonly savedProfile = new Answer<OutputOf<'profiles.save'>>();
  readonly removalPlan = new Answer<OutputOf<'clusters.planRemoval'>['steps']>();
  readonly started = new Answer<StartedRun>();
  readonly health: Health;
  readonly cluster: string;
  #client: Client;

  /** @param cluster its id or name */
  constructor(client: Client, cluster: string) {
    this.#client = client;
    this.cluster = cluster;
    this.health = new Health(client, cluster);
  }

  follow(): () => void {
    const { cluster } = this;
    const stop = everyWhileVisible(everyMs, () => {
      if (this.details.busy) return;
      void this.details.ask((signal) => this.#client.call('clusters.get', { cluster }, { signal }));
      void this.runs.ask((signal) => this.#client.call('runs.list', { cluster }, { signal }));
      void this.pools.ask((signal) => this.#client.call('pools.list', { cluster }, { signal }));
    });
    const stopHealth = this.health.follow();
    return () => {
      stop();
      stopHealth();
      for (const answer of [this.details, this.runs, this.pools, this.spec, this.removalPlan]) answer.cancel();
    };
  }

  loadKubeconfig(): Promise<string | undefined> {
    return this.kubeconfig.ask((signal) => this.kubeconfigText(signal));
  }

  /** For a file: it is shown only to a person who wants to see it. */
  async kubeconfigText(signal?: AbortSignal): Promise<string> {
    const options = signal === undefined ? {} : { signal };
    return (await this.#client.call('kubeconfigs.get', { cluster: this.cluster }, options)).yaml;
  }

  mergeKubeconfig(switchContext: boolean): Promise<unknown> {
    return this.merged.ask(() => this.#client.call('kubeconfigs.merge', { cluster: this.cluster, switchContext }));
  }

  loadSpec(): Promise<OutputOf<'clusters.spec'> | undefined> {
    return this.spec.ask((signal) => this.#client.call('clusters.spec', { cluster: this.cluster }, { signal }));
  }

  /** Keeps this text as a profile. @param replace one of that name */
  saveProfile(name: string, text: string, replace: boolean): Promise<unknown> {
    return this.savedProfile.ask(() => this.#client.call('profiles.save', { name, text, replace }));
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
