import forge from 'node-forge';
import { certificateErrors } from '#shared/errors/certificate.ts';
import type { KeysPort, StoredCertificate } from '../ports.ts';
import { lifetimes, startsBeforeMs } from './lifetimes.ts';
import type { PlannedCertificate } from './planned.ts';

declare module 'node-forge' {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- the types of forge are namespaces
  namespace pki {
    /** In forge (lib/x509.js) and its documentation, missing in its types. */
    function getTBSCertificate(certificate: Certificate): asn1.Asn1;
  }
}

const rsaBits = 2048;

/**
 * Issues one certificate with a fresh key. forge builds the structure; key and signature come from the port, because
 * forge's own RSA would block the event loop for tens of milliseconds each.
 * @param issuer the CA with its key; `undefined` for a CA itself.
 * @throws `certificate.foreign_ca` when the issuer's key is not ours.
 */
export async function issueCertificate(
  keys: KeysPort,
  planned: PlannedCertificate,
  issuer: StoredCertificate | undefined,
  nowMs: number,
  signal: AbortSignal,
): Promise<StoredCertificate> {
  if (issuer && issuer.keyPem === '') {
    throw certificateErrors.foreign_ca({ name: planned.name, issuer: issuer.name });
  }
  const { privateKeyPem, publicKeyPem } = await keys.generateRsa(rsaBits, signal);
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(publicKeyPem);
  certificate.serialNumber = serialNumber(keys);
  const subject = subjectOf(planned);
  certificate.setSubject(subject);
  const authority = issuer ? forge.pki.certificateFromPem(issuer.certificatePem) : undefined;
  certificate.setIssuer(authority ? authority.subject.attributes : subject);
  setValidity(certificate, authority, nowMs);
  certificate.setExtensions(extensionsOf(planned, authority));
  const certificatePem = await signed(keys, certificate, issuer?.keyPem ?? privateKeyPem);
  return { name: planned.name, certificatePem, keyPem: privateKeyPem };
}

/** A leaf never begins before nor ends after its CA: some clients refuse the whole chain otherwise. */
function setValidity(
  certificate: forge.pki.Certificate,
  authority: forge.pki.Certificate | undefined,
  nowMs: number,
): void {
  const begin = nowMs - startsBeforeMs;
  const end = nowMs + (authority ? lifetimes.leafMs : lifetimes.caMs);
  const bounds = authority?.validity;
  // forge wants Date objects; what time it is still comes from the caller.
  /* eslint-disable no-restricted-globals */
  certificate.validity.notBefore = new Date(Math.max(begin, bounds?.notBefore.getTime() ?? begin));
  certificate.validity.notAfter = new Date(Math.min(end, bounds?.notAfter.getTime() ?? end));
  /* eslint-enable no-restricted-globals */
}

function subjectOf({ commonName, organization }: PlannedCertificate): forge.pki.CertificateField[] {
  const cn = { name: 'commonName', value: commonName };
  return organization === undefined ? [cn] : [{ name: 'organizationName', value: organization }, cn];
}

/** RFC 5280 4.1.2.2: positive and at most 20 octets. A leading 0x40 keeps it both, and of one length. */
function serialNumber(keys: KeysPort): string {
  return `40${forge.util.bytesToHex(forge.util.binary.raw.encode(keys.randomBytes(15)))}`;
}

function extensionsOf(
  { uses, dnsNames, ips }: PlannedCertificate,
  authority: forge.pki.Certificate | undefined,
): Record<string, unknown>[] {
  if (!authority) {
    return [
      { name: 'basicConstraints', critical: true, cA: true },
      { name: 'keyUsage', critical: true, keyCertSign: true, cRLSign: true, digitalSignature: true },
      { name: 'subjectKeyIdentifier' },
    ];
  }
  const dnsType = 2;
  const ipType = 7;
  const altNames = [...dnsNames.map((value) => ({ type: dnsType, value })), ...ips.map((ip) => ({ type: ipType, ip }))];
  return [
    { name: 'basicConstraints', critical: true, cA: false },
    { name: 'keyUsage', critical: true, digitalSignature: true, keyEncipherment: true },
    { name: 'extKeyUsage', serverAuth: uses.includes('server'), clientAuth: uses.includes('client') },
    { name: 'subjectKeyIdentifier' },
    { name: 'authorityKeyIdentifier', keyIdentifier: authority.generateSubjectKeyIdentifier().getBytes() },
    ...(altNames.length === 0 ? [] : [{ name: 'subjectAltName', altNames }]),
  ];
}

/** What forge's `certificate.sign` does, with the signature made elsewhere. */
async function signed(keys: KeysPort, certificate: forge.pki.Certificate, issuerKeyPem: string): Promise<string> {
  const sha256WithRsa = forge.pki.oids['sha256WithRSAEncryption'] ?? '1.2.840.113549.1.1.11';
  certificate.signatureOid = sha256WithRsa;
  certificate.siginfo.algorithmOid = sha256WithRsa;
  const toBeSigned = forge.asn1.toDer(forge.pki.getTBSCertificate(certificate)).getBytes();
  const signature = await keys.sign(issuerKeyPem, forge.util.binary.raw.decode(toBeSigned));
  certificate.signature = forge.util.binary.raw.encode(signature);
  return forge.pki.certificateToPem(certificate).replaceAll('\r\n', '\n');
}
