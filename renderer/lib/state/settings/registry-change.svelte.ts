import { plainName } from '#renderer/lib/format/names.ts';
import type { Client, Settings as Values } from '#shared/contract/index.ts';
import { Answer } from '#renderer/lib/state/app/answer.svelte.ts';
import type { Settings } from './settings.svelte.ts';

type Registry = Values['registries'][number];

/** A default registry on its way into the settings; its password goes into the vault, and only there. */
export class RegistryChange {
  server = $state('');
  username = $state('');
  password = $state('');
  ca = $state('');
  mirrorOf = $state('');
  systemImages = $state(false);
  insecure = $state(false);
  readonly sealed = new Answer<true>();
  #client: Client;
  #settings: Settings;
  #before: Registry | undefined;

  /** @param before the one that is changed; `undefined`: a new one */
  constructor(client: Client, settings: Settings, before: Registry | undefined) {
    this.#client = client;
    this.#settings = settings;
    this.#before = before;
    if (!before) return;
    this.server = before.server;
    this.username = before.username ?? '';
    this.ca = before.ca ?? '';
    this.mirrorOf = before.mirrorOf.join(' ');
    this.systemImages = before.systemImages;
    this.insecure = before.insecure;
  }

  get hasPassword(): boolean {
    return this.#before?.password !== undefined;
  }
  /** What the secret of its password is called. */
  get secret(): string {
    return `registry/${plainName(this.server)}`;
  }

  /** Answers whether it is among the settings now. */
  async keep(): Promise<boolean> {
    if (!(await this.#seal())) return false;
    const others = this.#settings.kept.value?.registries ?? [];
    const replaced = others.filter(({ server }) => server !== this.#before?.server && server !== this.server.trim());
    // At most one may say that all system images come from it: the one said last.
    const rest = this.systemImages ? replaced.map((other) => ({ ...other, systemImages: false })) : replaced;
    return this.#settings.change({ registries: [...rest, this.#registry()] });
  }

  async #seal(): Promise<boolean> {
    const { password: value, secret: name } = this;
    if (value === '') return true;
    const sealed = await this.sealed.ask(async () => {
      await this.#client.call('secrets.put', { name, value, replace: true });
      return true;
    });
    return sealed ?? false;
  }

  #registry(): Registry {
    const username = this.username.trim();
    const ca = this.ca.trim();
    const password = this.password === '' ? this.#before?.password : `vault:${this.secret}`;
    return {
      server: this.server.trim(),
      insecure: this.insecure,
      systemImages: this.systemImages,
      mirrorOf: this.mirrorOf.split(/[\s,]+/).filter((host) => host !== ''),
      ...(username === '' ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      ...(ca === '' ? {} : { ca }),
    };
  }
}
