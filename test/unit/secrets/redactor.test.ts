import { generateKeyPairSync } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRedactor } from '#main/secrets/redactor.ts';

function redactorOf(...secrets: readonly string[]) {
  const redactor = createRedactor();
  for (const secret of secrets) redactor.register(secret);
  return redactor;
}

describe('a registered secret', () => {
  const secret = 'pä"ss w/örd+1';
  const { redact } = redactorOf(secret);

  it.each([
    ['as it is', `before ${secret} after`],
    ['twice', `${secret}${secret}`],
    ['escaped for JSON', JSON.stringify({ a: `x${secret}` })],
    ['escaped for a URL', `https://u:${encodeURIComponent(secret)}@host/`],
    ['in base64', Buffer.from(secret).toString('base64')],
    ['in base64 for URLs', Buffer.from(secret).toString('base64url')],
  ])('is hidden %s', (_, text) => {
    const shown = redact(text);
    expect(shown).toContain('[redacted]');
    for (const part of ['ss w', 'rd+1', 'rd%2B1', Buffer.from(secret).toString('base64').slice(4, 12)]) {
      expect(shown).not.toContain(part);
    }
  });

  it.each(['a', 'ab', 'abc', 'robot:', 'somebody:'])('is hidden in base64 behind %j', (before) => {
    const long = 'a-long-enough-password';
    const encoded = Buffer.from(`${before}${long}@and more`).toString('base64');
    const shown = redactorOf(long).redact(`auth ${encoded}`);
    expect(shown).toContain('[redacted]');
    expect(Buffer.from(shown.replace('[redacted]', '').slice(5), 'base64').toString('latin1')).not.toContain('enough');
  });

  it('is hidden line by line when it is a key', () => {
    const { privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
      publicKeyEncoding: { type: 'pkcs1', format: 'pem' },
    });
    const redactor = redactorOf(privateKey);
    const lines = privateKey.trim().split('\n');
    expect(lines.map((line) => redactor.redact(`> ${line}`)).slice(0, -2)).toEqual([
      '> -----BEGIN RSA PRIVATE KEY-----',
      ...lines.slice(1, -2).map(() => '> [redacted]'),
    ]);
    expect(redactor.redact(JSON.stringify({ key: privateKey }))).toBe('{"key":"[redacted]\\n"}');
    expect(redactor.redact(`client-certificate: ${Buffer.from(privateKey).toString('base64')}`)).toMatch(
      /^client-certificate: \[redacted\].{0,4}$/,
    );
  });

  it('is hidden whole when it overlaps with another one', () => {
    expect(redactorOf('abcdef', 'defghi').redact('x abcdefghi y')).toBe('x [redacted] y');
    expect(redactorOf('abcd', 'abcdefgh').redact('x abcdefgh y abcd')).toBe('x [redacted] y [redacted]');
  });

  it('is hidden at both ends of a text and as the whole of it', () => {
    const { redact: hide } = redactorOf('hunter2');
    expect([hide('hunter2'), hide('hunter2 and hunter2'), hide('')]).toEqual([
      '[redacted]',
      '[redacted] and [redacted]',
      '',
    ]);
  });

  it('of under four characters is not looked for: it would hide half of each text', () => {
    expect(redactorOf('abc', '', '  x ').redact('abc x')).toBe('abc x');
  });

  it('never stays in any text around it, and nothing else is lost', () => {
    const word = fc.stringMatching(/^[a-z0-9]{6,20}$/);
    const around = fc.stringMatching(/^[A-Z .]{0,20}$/);
    fc.assert(
      fc.property(
        fc.array(word, { minLength: 1, maxLength: 5 }),
        fc.array(around, { minLength: 6, maxLength: 6 }),
        (secrets, texts) => {
          // prettier-ignore
          const mixed = secrets.map((one, index) => `${texts[index] ?? ''} ${one} `).join('');
          const expected = secrets.map((_, index) => `${texts[index] ?? ''} [redacted] `).join('');
          expect(redactorOf(...secrets).redact(mixed)).toBe(expected);
        },
      ),
    );
  });
});

describe('an unknown secret', () => {
  const { redact, redactField } = createRedactor();

  it.each([
    ['--registry-password=hunter2 next', '--registry-password=[redacted] next'],
    ['{"password":"hun\\"ter2","user":"ada"}', '{"password":[redacted],"user":"ada"}'],
    ['bearerToken: abc.def', 'bearerToken: [redacted]'],
    ['Authorization: Bearer abc.def', 'Authorization: [redacted]'],
    ["client-key-data: 'QUJD'", 'client-key-data: [redacted]'],
    ['api_key = 123', 'api_key = [redacted]'],
  ])('is hidden behind its name: %s', (text, shown) => {
    expect(redact(text)).toBe(shown);
  });

  it.each([
    'password: file:/home/ada/registry',
    '"token":"vault:registry/token"',
    'passphrase=env:KEY_PASSPHRASE',
    '--service-account-private-key-file=/etc/kubernetes/ssl/kube-service-account-token-key.pem',
    'token: null',
    'secretsEncryption: true',
    'the tokens: three',
  ])('is not seen in %s', (text) => {
    expect(redact(text)).toBe(text);
  });

  it('is hidden in a field with such a name, unless the field says only where it is', () => {
    expect([
      redactField('registryPassword', 'hunter2'),
      redactField('password', 'env:X'),
      redactField('user', 'ada'),
    ]).toEqual(['[redacted]', 'env:X', 'ada']);
  });
});
