import forge from 'node-forge';
import type { StoredCertificate } from '../ports.ts';
import { lifetimes } from './lifetimes.ts';
import type { PlannedCertificate } from './planned.ts';

/**
 * Why a certificate has to be issued (again), `undefined` when it is good. Names are compared as sets: the order of
 * machines in a spec says nothing. A CA that is there is never replaced here, however old: that would be a rotation.
 * @param issuer what the CA is now; `undefined` for a CA itself.
 */
export function reasonToIssue(
  planned: PlannedCertificate,
  stored: StoredCertificate | undefined,
  issuer: StoredCertificate | undefined,
  nowMs: number,
): string | undefined {
  if (!stored) return 'missing';
  const certificate = parsed(stored.certificatePem);
  if (!certificate) return 'unreadable';
  if (planned.issuer === undefined) return undefined;
  if (!hasSubject(certificate, planned)) return 'another subject';
  if (!sameNames(certificate, planned)) return 'other names or addresses';
  if (!sameUses(certificate, planned)) return 'other key usage';
  if (!issuer || !isIssuedBy(certificate, issuer)) return 'issued by another CA';
  if (certificate.validity.notAfter.getTime() - nowMs < lifetimes.renewalWindowMs) return 'near its end';
  return undefined;
}

function parsed(pem: string): forge.pki.Certificate | undefined {
  try {
    return forge.pki.certificateFromPem(pem);
  } catch {
    return undefined; // why it cannot be read does not matter: it is issued anew, and the caller says so
  }
}

function hasSubject(certificate: forge.pki.Certificate, planned: PlannedCertificate): boolean {
  return (
    textField(certificate, 'CN') === planned.commonName && textField(certificate, 'O') === (planned.organization ?? '')
  );
}

function textField(certificate: forge.pki.Certificate, shortName: string): string {
  const field = certificate.subject.attributes.find((attribute) => attribute.shortName === shortName);
  return typeof field?.value === 'string' ? field.value : '';
}

function sameNames(certificate: forge.pki.Certificate, planned: PlannedCertificate): boolean {
  const extension: { altNames?: readonly { type: number; value: string; ip?: string }[] } | undefined =
    certificate.getExtension('subjectAltName');
  const altNames = extension?.altNames ?? [];
  const ipType = 7;
  const ips = altNames.filter(({ type }) => type === ipType).map(({ ip, value }) => ip ?? value);
  const dnsNames = altNames.filter(({ type }) => type !== ipType).map(({ value }) => value);
  return sameSet(ips, planned.ips) && sameSet(dnsNames, planned.dnsNames);
}

function sameUses(certificate: forge.pki.Certificate, planned: PlannedCertificate): boolean {
  const extension: { serverAuth?: boolean; clientAuth?: boolean } | undefined = certificate.getExtension('extKeyUsage');
  return (
    (extension?.serverAuth ?? false) === planned.uses.includes('server') &&
    (extension?.clientAuth ?? false) === planned.uses.includes('client')
  );
}

/**
 * By key identifier and name: a new CA has a new key, so its identifier differs. Checking the signature itself in
 * JavaScript would cost milliseconds for each certificate of a thousand machines.
 */
function isIssuedBy(certificate: forge.pki.Certificate, issuer: StoredCertificate): boolean {
  const authority = parsed(issuer.certificatePem);
  if (!authority || certificate.issuer.hash !== authority.subject.hash) return false;
  const extension: { value?: unknown } | undefined = certificate.getExtension('authorityKeyIdentifier');
  const value = typeof extension?.value === 'string' ? extension.value : '';
  return value.endsWith(authority.generateSubjectKeyIdentifier().getBytes());
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return new Set(a).symmetricDifference(new Set(b)).size === 0;
}
