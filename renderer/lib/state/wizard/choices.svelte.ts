import type { VsphereChoice } from '#renderer/lib/wizard/template-choices.ts';
import type { Client } from '#shared/contract/index.ts';
import { Answer } from '#renderer/lib/state/app/answer.svelte.ts';

const places = ['datacenters', 'clusters', 'pools', 'datastores', 'datastore-clusters', 'networks', 'folders'] as const;
/** May be thousands, or need an API of its own: only when the person asks for them. */
export type MoreSources = 'vms' | 'library-items';
/** What most templates do without. */
export type MoreChoices = MoreSources | 'tags' | 'custom-attributes' | 'hosts';

/** What a node template can name, from the live inventory of one vCenter. */
export class WizardChoices {
  readonly places = new Answer<readonly VsphereChoice[]>();
  readonly templates = new Answer<readonly VsphereChoice[]>();
  readonly #more: Readonly<Record<MoreChoices, Answer<readonly VsphereChoice[]>>> = {
    vms: new Answer(),
    'library-items': new Answer(),
    tags: new Answer(),
    'custom-attributes': new Answer(),
    hosts: new Answer(),
  };
  #client: Client;
  #credential: string;

  constructor(client: Client, credential: string) {
    this.#client = client;
    this.#credential = credential;
  }

  readonly sources = $derived([
    ...(this.templates.value ?? []),
    ...(this.#more.vms.value ?? []),
    ...(this.#more['library-items'].value ?? []),
  ]);
  readonly all = $derived([...this.sources, ...(this.places.value ?? [])]);

  more(kind: MoreChoices): Answer<readonly VsphereChoice[]> {
    return this.#more[kind];
  }

  of(...kinds: readonly VsphereChoice['kind'][]): readonly VsphereChoice[] {
    return (this.places.value ?? []).filter(({ kind }) => kinds.includes(kind));
  }

  /** Templates and places, side by side. Answers what came. */
  async load(): Promise<readonly VsphereChoice[]> {
    const found = await Promise.all([this.#ask(this.templates, ['templates']), this.#ask(this.places, places)]);
    return found.flatMap((choices) => choices ?? []);
  }

  /** Once: each opening of a list asks for this. After an error the next one asks again. */
  async loadMore(kind: MoreChoices): Promise<void> {
    const answer = this.#more[kind];
    if (answer.value === undefined && !answer.busy) await this.#ask(answer, [kind]);
  }

  /** Whoever looked has gone. */
  stop(): void {
    for (const answer of [this.places, this.templates, ...Object.values(this.#more)]) answer.cancel();
  }

  #ask(
    answer: Answer<readonly VsphereChoice[]>,
    kinds: readonly VsphereChoice['kind'][],
  ): Promise<readonly VsphereChoice[] | undefined> {
    const wanted = { credential: this.#credential, kinds, search: '' };
    return answer.ask((signal) => this.#client.call('vsphere.choices', wanted, { signal }));
  }
}
