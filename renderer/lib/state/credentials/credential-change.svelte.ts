import type { CheckedCredential, Client, CredentialSummary, InspectedServer, InputOf } from '#shared/contract/index.ts';
import { Answer } from '#renderer/lib/state/app/answer.svelte.ts';
import { credentialField } from './credential-field.ts';

/** What is to be new about a credential that is kept: a rotated password, a renewed certificate, another user. */
export class CredentialChange {
  user = $state('');
  password = $state('');
  thumbprint = $state('');
  readonly shown = new Answer<InspectedServer>();
  readonly kept = new Answer<CheckedCredential>();
  #client: Client;
  #of: CredentialSummary;

  constructor(client: Client, of: CredentialSummary) {
    this.#client = client;
    this.#of = of;
    this.user = of.user;
  }

  readonly error = $derived(this.shown.error ?? this.kept.error);
  readonly wrong = $derived(this.error === undefined ? undefined : credentialField(this.error));

  /** Puts the thumbprint of the certificate that the server shows now into the field, to be compared. */
  async look(): Promise<void> {
    const { address, proxy } = this.#of;
    const where = proxy === undefined ? { address } : { address, proxy };
    const server = await this.shown.ask((signal) => this.#client.call('credentials.inspect', where, { signal }));
    if (server) this.thumbprint = server.certificate.thumbprint;
  }

  /** Answers whether the login works so, and it is kept. */
  async keep(): Promise<boolean> {
    if (this.kept.busy) return false;
    const changes: { -readonly [K in keyof InputOf<'credentials.update'>]: InputOf<'credentials.update'>[K] } = {
      name: this.#of.name,
    };
    if (this.user.trim() !== this.#of.user) changes.user = this.user.trim();
    if (this.password !== '') changes.password = this.password;
    if (this.thumbprint.trim() !== '') changes.trust = { kind: 'thumbprint', sha256: this.thumbprint.trim() };
    return (await this.kept.ask(() => this.#client.call('credentials.update', changes))) !== undefined;
  }
}
