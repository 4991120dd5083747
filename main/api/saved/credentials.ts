import { X509Certificate } from 'node:crypto';
import * as v from 'valibot';
import type { CredentialRecord, NewCredentialRecord, StoredTrust } from '#main/store/saved/credentials.ts';
import { addressText, parseVcenterAddress } from '#main/vsphere/client/address.ts';
import { sameThumbprint, type ServerCertificate } from '#main/vsphere/client/certificate.ts';
import type { Vcenter } from '#main/vsphere/client/vcenter.ts';
import { openInventory } from '#main/vsphere/inventory/inventory.ts';
import { privilegesForCreate, type PrivilegesFound } from '#main/vsphere/privileges-for-create.ts';
import { credentialErrors } from '#shared/errors/credential.ts';
import { dnsLabel } from '#shared/spec/parts.ts';
import {
  type CertificateInteraction,
  inspectServer,
  openVcenterOf,
  openWith,
  trustFor,
} from '#main/api/vsphere/vcenters.ts';
import type { World } from '#main/api/world.ts';

/** A cloud credential as it may be shown: no secret is in it. */
export interface CredentialSummary extends CredentialRecord {
  /** Names of the clusters whose machines are made with it, sorted. */
  readonly usedBy: readonly string[];
}

export type GivenTrust = Exclude<StoredTrust, { readonly kind: 'system' }>;

export interface NewCredential {
  readonly name: string;
  /** As people paste it. */
  readonly address: string;
  /** `name`, `name@domain` or `domain\name`. */
  readonly user: string;
  /** Asked for once the server has been verified. */
  readonly password: () => Promise<string>;
  /** The CAs of this computer when left out, and if they do not vouch for it a thumbprint that the person approves. */
  readonly trust?: GivenTrust;
  /** `http://user@proxy:3128`, without a password. */
  readonly proxy?: string;
  readonly proxyPassword?: string;
}

/** What is left out stays. */
export interface CredentialChanges extends Partial<Omit<NewCredential, 'name' | 'proxy'>> {
  /** `null` takes it away. */
  readonly proxy?: string | null;
}

/** What a login that works tells. */
export interface VcenterAbout {
  /** "VMware vCenter Server 8.0.2 build-22385739" */
  readonly version: string;
  /** Of this one vCenter, whatever its address is. */
  readonly instanceUuid: string;
  /** As vCenter writes it: `VSPHERE.LOCAL\Administrator`. */
  readonly loggedInAs: string;
}

export interface CheckedCredential {
  readonly credential: CredentialSummary;
  readonly vcenter: VcenterAbout;
}

/** A server and how it shows itself. */
export interface InspectedServer {
  /** As it would be kept: `host` or `host:port`. */
  readonly address: string;
  /** The CAs of this computer vouch for it. */
  readonly trusted: boolean;
  readonly certificate: ServerCertificate;
}

/** Cloud credentials of the inventory. */
export interface CredentialsApi {
  /** Says nothing to the server but the TLS handshake. @throws `vsphere.unreachable` and others */
  inspect(
    server: Pick<NewCredential, 'address' | 'proxy' | 'proxyPassword'>,
    signal: AbortSignal,
  ): Promise<InspectedServer>;
  /**
   * Verifies the server, logs in once, and keeps it. Nothing is kept when that fails.
   * @throws `credential.*`, `vsphere.certificate_untrusted`, `.login_refused` and others.
   */
  add(given: NewCredential, interaction: CertificateInteraction, signal: AbortSignal): Promise<CheckedCredential>;
  /** The same with some of it new: password rotation, a renewed certificate. */
  update(
    name: string,
    changes: CredentialChanges,
    interaction: CertificateInteraction,
    signal: AbortSignal,
  ): Promise<CheckedCredential>;
  list(): Promise<readonly CredentialSummary[]>;
  /** Whether the login works. */
  check(name: string, signal: AbortSignal): Promise<CheckedCredential>;
  /** What the user lacks for making clusters with any template; see `privilegesForCreate`. */
  privileges(name: string, signal: AbortSignal): Promise<PrivilegesFound>;
  /** @throws `credential.in_use` with the clusters, `credential.unknown` */
  remove(name: string): Promise<void>;
}

export function credentialsApi(world: World): CredentialsApi {
  const { credentials } = world.store;
  const checked = async (name: string, vcenter: VcenterAbout): Promise<CheckedCredential> => {
    return { credential: summaryOf(world, credentials.get(name)), vcenter };
  };

  return {
    async inspect(server, signal) {
      const address = plainAddress(server.address);
      const proxy = server.proxy === undefined ? undefined : plainProxy(server.proxy);
      const proxyPassword = secret(world, server.proxyPassword ?? '');
      return { address, ...(await inspectServer({ address, proxy, proxyPassword }, signal)) };
    },
    async add(given, interaction, signal) {
      const { name, user, trust } = given;
      if (!v.is(dnsLabel, name)) throw credentialErrors.wrong_name({ name });
      if (credentials.find(name)) throw credentialErrors.exists({ name });
      const where = {
        address: plainAddress(given.address),
        proxy: given.proxy === undefined ? undefined : plainProxy(given.proxy),
      };
      const proxyPassword = secret(world, given.proxyPassword ?? '');
      const login = { ...where, user, trust: trust && plainTrust(trust), proxyPassword };
      const made = await logIn(world, name, login, given.password, interaction, signal);
      await credentials.create(made.record, { password: made.password, proxyPassword });
      return checked(name, made.about);
    },
    async update(name, changes, interaction, signal) {
      const known = credentials.get(name);
      const secrets = await credentials.secrets(name);
      const proxy =
        changes.proxy === undefined ? known.proxy : changes.proxy === null ? undefined : plainProxy(changes.proxy);
      const address = changes.address === undefined ? known.address : plainAddress(changes.address);
      const proxyPassword = secret(
        world,
        changes.proxyPassword ?? (proxy === known.proxy ? secrets.proxyPassword : ''),
      );
      // A thumbprint or CA of one server says nothing about another one.
      const trust = changes.trust ? plainTrust(changes.trust) : address === known.address ? known.trust : undefined;
      const login = { address, proxy, user: changes.user ?? known.user, trust, proxyPassword };
      const password = changes.password ?? (async () => secrets.password);
      const made = await logIn(world, name, login, password, interaction, signal);
      await credentials.update(made.record, { password: made.password, proxyPassword });
      return checked(name, made.about);
    },
    list: async () => credentials.list().map((record) => summaryOf(world, record)),
    async check(name, signal) {
      await using vcenter = await openVcenterOf(world, name, signal);
      return await checked(name, await aboutOf(vcenter, signal));
    },
    async privileges(name, signal) {
      await using vcenter = await openVcenterOf(world, name, signal);
      return await privilegesForCreate(vcenter, openInventory(vcenter), signal);
    },
    async remove(name) {
      const { usedBy } = summaryOf(world, credentials.get(name));
      if (usedBy.length > 0) throw credentialErrors.in_use({ name, clusters: usedBy.join(', ') });
      credentials.remove(name);
    },
  };
}

interface Login {
  readonly address: string;
  readonly proxy: string | undefined;
  readonly user: string;
  readonly trust: StoredTrust | undefined;
  readonly proxyPassword: string;
}

/** The server first, then the password, and one try only: each wrong one brings the account nearer to being locked. */
async function logIn(
  world: World,
  name: string,
  login: Login,
  askPassword: () => Promise<string>,
  interaction: CertificateInteraction,
  signal: AbortSignal,
): Promise<{ readonly record: NewCredentialRecord; readonly password: string; readonly about: VcenterAbout }> {
  const { proxyPassword, ...plain } = login;
  const trust = await trustFor(login, login.trust, interaction, signal);
  const password = secret(world, await askPassword());
  if (password === '') throw credentialErrors.no_password({ name });
  const record: NewCredentialRecord = { ...plain, name, kind: 'vsphere', trust };
  await using vcenter = await openWith(record, { password: async () => password, proxyPassword }, signal);
  return { record, password, about: await aboutOf(vcenter, signal) };
}

async function aboutOf(vcenter: Vcenter, signal: AbortSignal): Promise<VcenterAbout> {
  const { fullName, instanceUuid } = vcenter.content;
  return { version: fullName, instanceUuid, loggedInAs: (await vcenter.session(signal)).userName };
}

function summaryOf({ store }: World, record: CredentialRecord): CredentialSummary {
  const clusters = store.clusters.list().filter(({ spec }) => spec.spec.vsphere?.credential === record.name);
  return { ...record, usedBy: clusters.map(({ name }) => name) };
}

/** Before anything is done with it that could fail and be told. */
function secret({ redactor }: World, value: string): string {
  if (value !== '') redactor.register(value);
  return value;
}

function plainAddress(address: string): string {
  return addressText(parseVcenterAddress(address));
}

/** Without password, path and the like. @throws `credential.wrong_proxy` */
export function plainProxy(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const plain = url?.pathname === '/' && url.search === '' && url.hash === '' && url.password === '';
  // Not quoted: there may be a password in it.
  if (!url || !plain || !/^https?:$/.test(url.protocol) || url.hostname === '') throw credentialErrors.wrong_proxy({});
  return `${url.protocol}//${url.username === '' ? '' : `${url.username}@`}${url.host}`;
}

function plainTrust(trust: GivenTrust): StoredTrust {
  switch (trust.kind) {
    case 'thumbprint': {
      const thumbprint = trust.sha256.trim();
      if (!sameThumbprint(thumbprint, thumbprint)) throw credentialErrors.wrong_thumbprint({ thumbprint });
      const digits = thumbprint.replace(/[^0-9a-f]/gi, '').toUpperCase();
      return { kind: 'thumbprint', sha256: (digits.match(/../g) ?? []).join(':') };
    }
    case 'ca':
      return { kind: 'ca', pem: certificatesIn(trust.pem) };
  }
}

/** The certificates alone: a private key that stands in the same file is none of ours. */
function certificatesIn(text: string): string {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) throw credentialErrors.wrong_ca({ reason: 'no certificate is in it' });
  for (const block of blocks) {
    try {
      new X509Certificate(block);
    } catch (cause) {
      throw credentialErrors.wrong_ca({ reason: cause instanceof Error ? cause.message : String(cause) }, { cause });
    }
  }
  return `${blocks.join('\n')}\n`;
}
