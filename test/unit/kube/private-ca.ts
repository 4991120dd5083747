import { generateKeyPairSync, randomBytes } from 'node:crypto';
import forge from 'node-forge';

export interface Issued {
  readonly certificate: string;
  readonly key: string;
}

export interface PrivateCa {
  readonly ca: string;
  issue(subject: {
    readonly commonName: string;
    readonly organization?: string;
    readonly names?: readonly string[];
  }): Issued;
}

/** A CA of its own with real RSA keys, and certificates for `127.0.0.1` or other names. */
export function privateCa(commonName: string): PrivateCa {
  const { key, certificate } = selfSigned(commonName);
  return {
    ca: forge.pki.certificateToPem(certificate),
    issue({ commonName: leaf, organization, names = [] }) {
      const pair = keyPair();
      const issued = blank(leaf, pair.publicKey);
      if (organization)
        issued.setSubject([...issued.subject.attributes, { name: 'organizationName', value: organization }]);
      issued.setIssuer(certificate.subject.attributes);
      issued.setExtensions([
        { name: 'extKeyUsage', serverAuth: true, clientAuth: true },
        {
          name: 'subjectAltName',
          altNames: names.map((name) => (/^[\d.]+$/.test(name) ? { type: 7, ip: name } : { type: 2, value: name })),
        },
      ]);
      issued.sign(key, forge.md.sha256.create());
      return { certificate: forge.pki.certificateToPem(issued), key: pair.pem };
    },
  };
}

function selfSigned(commonName: string) {
  const pair = keyPair();
  const certificate = blank(commonName, pair.publicKey);
  certificate.setIssuer(certificate.subject.attributes);
  certificate.setExtensions([
    { name: 'basicConstraints', cA: true },
    { name: 'keyUsage', keyCertSign: true },
  ]);
  certificate.sign(pair.privateKey, forge.md.sha256.create());
  return { certificate, key: pair.privateKey };
}

function blank(commonName: string, publicKey: forge.pki.PublicKey): forge.pki.Certificate {
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = publicKey;
  certificate.serialNumber = `01${randomBytes(8).toString('hex')}`;
  certificate.validity.notBefore = new Date(Date.now() - 60_000);
  certificate.validity.notAfter = new Date(Date.now() + 3_600_000);
  certificate.setSubject([{ name: 'commonName', value: commonName }]);
  return certificate;
}

function keyPair() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
  const parsed = forge.pki.privateKeyFromPem(pem);
  return { pem, privateKey: parsed, publicKey: forge.pki.setRsaPublicKey(parsed.n, parsed.e) };
}
