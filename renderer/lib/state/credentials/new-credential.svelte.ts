import { nameFromAddress } from '#renderer/lib/format/names.ts';
import type { CheckedCredential, Client, InspectedServer, Trust } from '#shared/contract/index.ts';
import { Answer } from '#renderer/lib/state/app/answer.svelte.ts';
import { credentialField, type CredentialField } from './credential-field.ts';
import type { Settings } from '#renderer/lib/state/settings/settings.svelte.ts';

/** A cloud credential on its way into the inventory: the server first, then one login. */
export class NewCredential {
  address = $state('');
  user = $state('');
  password = $state('');
  ca = $state('');
  proxyPassword = $state('');
  /** The person pressed the button: from now on empty fields are told. */
  asked = $state(false);
  readonly inspected = new Answer<InspectedServer>();
  readonly added = new Answer<CheckedCredential>();
  #named: string | undefined = $state();
  #proxy: string | undefined = $state();
  /** Approved in this form: a wrong password is no reason to ask again. */
  #approved: string | undefined = $state();
  #client: Client;
  #settings: Settings;

  constructor(client: Client, settings: Settings) {
    this.#client = client;
    this.#settings = settings;
  }

  /** Follows the address until somebody writes another one. */
  get name(): string {
    return this.#named ?? nameFromAddress(this.address);
  }
  set name(name: string) {
    this.#named = name === '' ? undefined : name;
  }

  /** The one of the settings until somebody writes another one, or none. */
  get proxy(): string {
    return this.#proxy ?? this.#settings.kept.value?.proxy ?? '';
  }
  set proxy(proxy: string) {
    this.#proxy = proxy;
  }

  readonly busy = $derived(this.inspected.busy || this.added.busy);
  readonly missing: readonly CredentialField[] = $derived.by(() => {
    const needed = { address: this.address, user: this.user, password: this.password, name: this.name };
    const fields = ['address', 'user', 'password', 'name'] as const;
    return fields.filter((field) => needed[field].trim() === '');
  });
  readonly error = $derived(this.inspected.error ?? this.added.error);
  /** Where the error belongs; `undefined`: to the form as a whole. */
  readonly wrong = $derived(this.error === undefined ? undefined : credentialField(this.error));
  /** What the person has to look at before anything but the handshake is sent. */
  readonly toApprove = $derived.by(() => {
    const server = this.inspected.value;
    const isKnown = !server || server.trusted || server.certificate.thumbprint === this.#approved;
    return isKnown || this.ca.trim() !== '' ? undefined : server;
  });

  /** Another address is another server: what was said about the last one is void. */
  forgetServer(): void {
    this.inspected.clear();
    this.added.clear();
    this.#approved = undefined;
  }

  /** Answers the name it is kept under; `undefined` when something is missing, to be approved, or wrong. */
  async submit(): Promise<string | undefined> {
    this.asked = true;
    if (this.busy || this.missing.length > 0) return undefined;
    this.added.clear();
    if (this.ca.trim() !== '') return this.#add({ kind: 'ca', pem: this.ca });
    const server = await this.inspected.ask((signal) =>
      this.#client.call('credentials.inspect', { address: this.address.trim(), ...this.#proxied() }, { signal }),
    );
    if (!server || this.toApprove) return undefined;
    return this.#add(
      server.trusted ? { kind: 'system' } : { kind: 'thumbprint', sha256: server.certificate.thumbprint },
    );
  }

  approve(): Promise<string | undefined> {
    const thumbprint = this.inspected.value?.certificate.thumbprint;
    if (thumbprint === undefined || this.added.busy) return Promise.resolve(undefined);
    this.#approved = thumbprint;
    return this.#add({ kind: 'thumbprint', sha256: thumbprint });
  }

  async #add(trust: Trust): Promise<string | undefined> {
    const { name, address, user, password } = this;
    const input = { name, address: address.trim(), user: user.trim(), password, trust, ...this.#proxied() };
    const made = await this.added.ask((signal) => this.#client.call('credentials.add', input, { signal }));
    if (made) this.password = this.proxyPassword = '';
    return made?.credential.name;
  }

  #proxied(): { readonly proxy?: string; readonly proxyPassword?: string } {
    if (this.proxy.trim() === '') return {};
    const { proxyPassword } = this;
    return { proxy: this.proxy.trim(), ...(proxyPassword === '' ? {} : { proxyPassword }) };
  }
}
