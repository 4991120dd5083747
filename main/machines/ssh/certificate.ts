import { sign as cryptoSign } from 'node:crypto';
import type { Client, ParsedKey } from 'ssh2';

/**
 * OpenSSH user certificates. ssh2 1.17 can offer one, but then names the certificate's type inside the signature too,
 * where OpenSSH wants the plain key's ("key type mismatch" in sshd's log; PROTOCOL.certkeys, "Authentication").
 * So the one message that carries the signature is built here.
 */
export interface UserCertificate {
  /** Wire format, as it goes into the message. */
  readonly blob: Buffer;
  readonly key: ParsedKey;
}

const userauthRequest = 50; // RFC 4252, section 6
const certificateSuffix = '-cert-v01@openssh.com';

/**
 * @param text the `…-cert.pub` file.
 * @returns `undefined` when it is not a certificate of this key's type.
 */
export function readCertificate(text: string, key: ParsedKey): UserCertificate | undefined {
  const [type, base64 = ''] = text.trim().split(/\s+/);
  if (type !== `${key.type}${certificateSuffix}`) return undefined;
  const blob = Buffer.from(base64, 'base64');
  // Nonce, then the key's own fields, which are the whole plain public key but its type.
  const keyFields = key.getPublicSSH().subarray(4 + key.type.length);
  return blob.includes(keyFields) ? { blob, key } : undefined;
}

/** From now on this connection's public-key login signs with the certificate. Call right after `connect`. */
export function loginWithCertificate(client: Client, certificate: UserCertificate): void {
  const protocol = protocolOf(client);
  protocol.authPK = (username, _key, keyAlgorithm) => {
    // For RSA ssh2 chose the hash from what the server announced.
    const format = typeof keyAlgorithm === 'string' ? keyAlgorithm : certificate.key.type;
    const plain = format === 'ssh-rsa' ? 'rsa-sha2-512' : format;
    const message = signedRequest(username, plain, certificate, protocol._kex.sessionID);
    const { write } = protocol._packetRW;
    const packet = write.alloc(message.length);
    packet.set(message, write.allocStart);
    protocol._authsQueue.push('publickey');
    protocol._cipher.encrypt(write.finalize(packet));
  };
}

function signedRequest(user: string, format: string, { blob, key }: UserCertificate, sessionId: Buffer): Buffer {
  const request = Buffer.concat([
    Buffer.of(userauthRequest),
    sshString(user),
    sshString('ssh-connection'),
    sshString('publickey'),
    Buffer.of(1),
    sshString(`${format}${certificateSuffix}`),
    sshString(blob),
  ]);
  const signature = signatureOf(key, format, Buffer.concat([sshString(sessionId), request]));
  return Buffer.concat([request, sshString(Buffer.concat([sshString(format), sshString(signature)]))]);
}

function signatureOf(key: ParsedKey, format: string, data: Buffer): Buffer {
  if (format === 'rsa-sha2-256') return key.sign(data, 'sha256');
  if (format === 'rsa-sha2-512') return key.sign(data, 'sha512');
  if (!format.startsWith('ecdsa-')) return key.sign(data);
  const hash = { nistp256: 'sha256', nistp384: 'sha384', nistp521: 'sha512' }[format.slice('ecdsa-sha2-'.length)];
  const both = cryptoSign(hash, data, { key: key.getPrivatePEM(), dsaEncoding: 'ieee-p1363' });
  return Buffer.concat([mpint(both.subarray(0, both.length / 2)), mpint(both.subarray(both.length / 2))]);
}

function sshString(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** RFC 4251, section 5: no leading zeros, but one where the highest bit is set. */
function mpint(unsigned: Buffer): Buffer {
  const start = unsigned.findIndex((byte) => byte !== 0);
  const digits = unsigned.subarray(Math.max(start, 0));
  return sshString((digits[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.of(0), digits]) : digits);
}

/** The insides of ssh2 that are used here (1.17.0, lib/protocol/Protocol.js, authPK). */
interface Protocol {
  authPK: (username: string, key: unknown, keyAlgorithm?: unknown) => void;
  readonly _kex: { readonly sessionID: Buffer };
  readonly _authsQueue: string[];
  readonly _cipher: { encrypt(packet: Buffer): void };
  readonly _packetRW: {
    readonly write: { readonly allocStart: number; alloc(length: number): Buffer; finalize(packet: Buffer): Buffer };
  };
}

function protocolOf(client: object): Protocol {
  if ('_protocol' in client && isProtocol(client._protocol)) return client._protocol;
  throw new Error('ssh2 has changed inside: certificate logins must be adapted to its new version');
}

function isProtocol(value: unknown): value is Protocol {
  if (typeof value !== 'object' || value === null) return false;
  return ['authPK', '_authsQueue', '_cipher', '_packetRW'].every((name) => name in value);
}
