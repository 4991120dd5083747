import type { CredentialRecord, CredentialSecrets, StoredTrust } from '#main/store/saved/credentials.ts';
import { parseVcenterAddress } from '#main/vsphere/client/address.ts';
import { lookAtCertificate, openVerified, type Dial } from '#main/vsphere/client/verified-socket.ts';
import type { ServerCertificate } from '#main/vsphere/client/certificate.ts';
import { Vcenter } from '#main/vsphere/client/vcenter.ts';
import { hasCode } from '#shared/errors/define.ts';
import { vsphereErrors } from '#shared/errors/vsphere.ts';
import type { World } from '#main/api/world.ts';

/** What a person compares before approving it. */
export interface VcenterCertificate extends ServerCertificate {
  /** Where it was seen. */
  readonly address: string;
}

export interface CertificateInteraction {
  /**
   * Asked once, about a server that no CA of this computer vouches for; nothing has been sent to it. Answers whether the
   * thumbprint is the vCenter's own, and shall be pinned.
   */
  approveVcenterCertificate(certificate: VcenterCertificate): Promise<boolean>;
}

export type VcenterLogin = Pick<CredentialRecord, 'address' | 'user' | 'trust' | 'proxy'>;

/**
 * The vCenter of a cloud credential, verified and logged in. To be closed. The password is read at each login, so a
 * rotated one is used when the session has to be opened again.
 * @throws `credential.unknown`; `vsphere.certificate_changed` with both thumbprints, `.login_refused` and others.
 */
export async function openVcenterOf({ store }: World, credential: string, signal: AbortSignal): Promise<Vcenter> {
  const record = store.credentials.get(credential);
  const { proxyPassword } = await store.credentials.secrets(credential);
  const password = async (): Promise<string> => (await store.credentials.secrets(credential)).password;
  return openWith(record, { password, proxyPassword }, signal);
}

export interface LoginSecrets extends Pick<CredentialSecrets, 'proxyPassword'> {
  readonly password: () => Promise<string>;
}

export async function openWith(login: VcenterLogin, secrets: LoginSecrets, signal: AbortSignal): Promise<Vcenter> {
  const { user, trust } = login;
  const vcenter = await Vcenter.open(
    { ...dialOf(login, secrets.proxyPassword), user, trust, password: secrets.password },
    signal,
  );
  if (vcenter.content.apiType === 'VirtualCenter') return vcenter;
  await vcenter[Symbol.asyncDispose]();
  throw vsphereErrors.not_vcenter({ address: vcenter.address, reason: 'it is a single ESXi host' });
}

/**
 * How the server is known from now on: as given; else by the CAs of this computer; else by a thumbprint that the person
 * approves. Nothing but the TLS handshake has been sent when this returns.
 * @throws `vsphere.certificate_untrusted` when it was not approved, `.certificate_changed`, `.unreachable`, …
 */
export async function trustFor(
  login: Pick<VcenterLogin, 'address' | 'proxy'> & { readonly proxyPassword: string },
  given: StoredTrust | undefined,
  interaction: CertificateInteraction,
  signal: AbortSignal,
): Promise<StoredTrust> {
  const dial = dialOf(login, login.proxyPassword);
  const trust = given ?? { kind: 'system' };
  try {
    (await openVerified({ ...dial, trust }, signal)).destroy();
    return trust;
  } catch (thrown) {
    if (given || !hasCode(thrown, 'vsphere.certificate_untrusted')) throw thrown;
    // What is pinned is what was shown, whatever the server shows to somebody else meanwhile.
    const certificate = await lookAtCertificate(dial, signal);
    if (!(await interaction.approveVcenterCertificate({ address: login.address, ...certificate }))) throw thrown;
    return { kind: 'thumbprint', sha256: certificate.thumbprint };
  }
}

/** The certificate that the server shows, and whether the CAs of this computer vouch for it. */
export async function inspectServer(
  login: Pick<VcenterLogin, 'address' | 'proxy'> & { readonly proxyPassword: string },
  signal: AbortSignal,
): Promise<{ readonly trusted: boolean; readonly certificate: ServerCertificate }> {
  const dial = dialOf(login, login.proxyPassword);
  const certificate = await lookAtCertificate(dial, signal);
  try {
    (await openVerified({ ...dial, trust: { kind: 'system' } }, signal)).destroy();
    return { trusted: true, certificate };
  } catch (thrown) {
    if (!hasCode(thrown, 'vsphere.certificate_untrusted')) throw thrown;
    return { trusted: false, certificate };
  }
}

function dialOf(login: Pick<VcenterLogin, 'address' | 'proxy'>, proxyPassword: string): Omit<Dial, 'trust'> {
  const address = parseVcenterAddress(login.address);
  return login.proxy === undefined ? { address } : { address, proxy: proxyUrl(login.proxy, proxyPassword) };
}

function proxyUrl(proxy: string, password: string): string {
  const url = new URL(proxy);
  if (url.username !== '') url.password = encodeURIComponent(password);
  return url.href;
}
