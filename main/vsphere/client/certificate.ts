import type { X509Certificate } from 'node:crypto';
import { getCACertificates } from 'node:tls';

/** How we know that a server is the right one. */
export type Trust =
  /** The CAs that this computer trusts. */
  | { readonly kind: 'system' }
  /** PEM texts of the CAs it may come from, and no other. */
  | { readonly kind: 'ca'; readonly pem: string }
  /** This one certificate, whatever its names and CA are: a person has compared the thumbprint. */
  | { readonly kind: 'thumbprint'; readonly sha256: string };

/** What a person needs to see before approving it. */
export interface ServerCertificate {
  /** SHA-256, upper-case hexadecimal with colons, as vCenter shows it. */
  readonly thumbprint: string;
  readonly subject: string;
  readonly issuer: string;
  /** As OpenSSL writes them: "Nov 22 19:25:49 2027 GMT". */
  readonly validFrom: string;
  readonly validTo: string;
  /** DNS names and addresses it is for. */
  readonly names: readonly string[];
}

export function describeCertificate(certificate: X509Certificate): ServerCertificate {
  return {
    thumbprint: certificate.fingerprint256,
    subject: oneLine(certificate.subject),
    issuer: oneLine(certificate.issuer),
    validFrom: certificate.validFrom,
    validTo: certificate.validTo,
    names: (certificate.subjectAltName ?? '')
      .split(', ')
      .filter((name) => name !== '')
      .map((name) => name.replace(/^(DNS|IP Address):/, '')),
  };
}

/** Equal whatever the case, and with or without colons. */
export function sameThumbprint(a: string, b: string): boolean {
  const plain = (text: string) => text.replace(/[^0-9a-f]/gi, '').toUpperCase();
  return plain(a).length === 64 && plain(a) === plain(b);
}

let systemCas: string[] | undefined;

/** Node's own list and the operating system's: what the person's browser trusts is trusted here. */
export function systemAuthorities(): string[] {
  systemCas ??= [...new Set([...getCACertificates('default'), ...getCACertificates('system')])];
  return systemCas;
}

/** Node's codes for a certificate that failed (Node documentation, "X509 certificate error codes"), in words. */
export function untrustedReason(code: string): string {
  return reasons[code] ?? code;
}

const reasons: Readonly<Record<string, string>> = {
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'no CA that we trust has signed it',
  UNABLE_TO_GET_ISSUER_CERT: 'no CA that we trust has signed it',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'no CA that we trust has signed it',
  SELF_SIGNED_CERT_IN_CHAIN: 'no CA that we trust has signed it',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'it is signed by itself',
  CERT_SIGNATURE_FAILURE: 'its signature is not the one of the CA',
  CERT_HAS_EXPIRED: 'it has expired',
  CERT_NOT_YET_VALID: 'it is not valid yet (is the clock right?)',
  ERR_TLS_CERT_ALTNAME_INVALID: 'it is for another name or address',
};

function oneLine(name: string): string {
  return name.split('\n').join(', ');
}
