import type { Client, HostCapabilities } from '#shared/contract/index.ts';
import { saveFile } from '#renderer/ui/save-file.ts';
import { Answer } from './answer.svelte.ts';

export interface OpenedFile {
  readonly name: string;
  readonly text: string;
}

/** What shows this window, and what only it can do: the system's own file dialogs. */
export class Host {
  readonly capabilities = new Answer<HostCapabilities>();
  #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  readonly isDesktop = $derived(this.capabilities.value?.app === 'electron');
  readonly hasFileDialogs = $derived(this.capabilities.value?.nativeFileDialogs ?? false);

  load(): Promise<unknown> {
    return this.capabilities.ask((signal) => this.#client.call('host.capabilities', {}, { signal }));
  }

  /**
   * Answers where the text is now: a path, or in a browser the name among its downloads; `undefined` when the person
   * thought better of it. @throws what the file system said
   */
  async saveText(suggestedName: string, text: string): Promise<string | undefined> {
    if (this.hasFileDialogs) return (await this.#client.call('host.saveText', { suggestedName, text })).path;
    saveFile(suggestedName, text);
    return suggestedName;
  }

  /** With the system's own dialog. `undefined` when the person thought better of it. */
  async openText(extensions: readonly string[]): Promise<OpenedFile | undefined> {
    const filters = [{ name: extensions.join(', '), extensions }];
    const opened = await this.#client.call('host.openText', { filters });
    return 'text' in opened ? opened : undefined;
  }
}
