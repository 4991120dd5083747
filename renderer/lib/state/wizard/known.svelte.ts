import type { Beginning } from '#renderer/lib/wizard/begin.ts';
import type { Client, OutputOf } from '#shared/contract/index.ts';
import { Answer } from '#renderer/lib/state/app/answer.svelte.ts';

/** What the host knows and the forms offer. Asked for by the step that shows it, once. */
export class WizardKnown {
  readonly clusters = new Answer<OutputOf<'clusters.list'>>();
  readonly credentials = new Answer<OutputOf<'credentials.list'>>();
  readonly privileges = new Answer<OutputOf<'credentials.privileges'>>();
  readonly templates = new Answer<OutputOf<'templates.list'>>();
  readonly releases = new Answer<OutputOf<'releases.list'>>();
  readonly settings = new Answer<OutputOf<'settings.get'>>();
  #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  readonly clusterNames = $derived((this.clusters.value ?? []).map(({ name }) => name));

  /** Those for new clusters. */
  readonly offeredReleases = $derived((this.releases.value ?? []).filter(({ legacy }) => !legacy));
  readonly standardRelease = $derived(this.offeredReleases.find(({ isDefault }) => isDefault)?.version);

  /** What a first document is made of. */
  readonly beginning: Beginning = $derived({
    clusters: this.clusterNames,
    credentials: (this.credentials.value ?? []).map(({ name }) => name),
    registries: this.settings.value?.registries ?? [],
  });

  /** Before the first form is shown: its defaults come from there. */
  begin(): Promise<unknown> {
    return Promise.all([this.askClusters(), this.askCredentials(), this.askSettings()]);
  }

  askClusters(): Promise<unknown> {
    return this.clusters.ask((signal) => this.#client.call('clusters.list', {}, { signal }));
  }

  askCredentials(): Promise<unknown> {
    return this.credentials.ask((signal) => this.#client.call('credentials.list', {}, { signal }));
  }

  /** What the user of a credential may not do and Slipway needs. */
  askPrivileges(name: string): Promise<unknown> {
    this.privileges.clear();
    return this.privileges.ask((signal) => this.#client.call('credentials.privileges', { name }, { signal }));
  }

  askTemplates(): Promise<unknown> {
    return this.templates.ask((signal) => this.#client.call('templates.list', {}, { signal }));
  }

  askReleases(): Promise<unknown> {
    return this.releases.ask((signal) => this.#client.call('releases.list', {}, { signal }));
  }

  askSettings(): Promise<unknown> {
    return this.settings.ask((signal) => this.#client.call('settings.get', {}, { signal }));
  }
}
