import * as v from 'valibot';
import type { Client, OutputOf, TemplateSummary } from '#shared/contract/index.ts';
import { NodeTemplate, type NodeTemplateInput } from '#shared/spec/node-template.ts';
import { Answer } from '#renderer/lib/state/app/answer.svelte.ts';

/** The node templates of the inventory, by name. */
export class Templates {
  readonly list = new Answer<readonly TemplateSummary[]>();
  readonly saved = new Answer<OutputOf<'templates.add'>>();
  readonly removed = new Answer<true>();
  #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  load(): Promise<unknown> {
    return this.list.ask((signal) => this.#client.call('templates.list', {}, { signal }));
  }

  /** Answers whether it is kept. */
  async save(template: NodeTemplateInput, replace: boolean): Promise<boolean> {
    const text = JSON.stringify(template); // JSON is YAML
    const saved = await this.saved.ask(() => this.#client.call('templates.add', { text, replace }));
    if (!saved) return false;
    await this.load();
    return true;
  }

  async remove(name: string): Promise<boolean> {
    const gone = await this.removed.ask(async () => {
      await this.#client.call('templates.remove', { name });
      return true;
    });
    if (!gone) return false;
    await this.load();
    return true;
  }

  /** What saving said about the field of this path within the template: `networks.0.network`. */
  complaint(path: string): string | undefined {
    const found = this.saved.error?.chain.find(({ params, target }) => [params['field'], target].includes(path));
    return found && `${found.cause} ${found.hint}`;
  }
}

/** A copy that a form may change. */
export function editable(template: TemplateSummary['template']): NodeTemplateInput {
  return v.parse(NodeTemplate, template);
}
