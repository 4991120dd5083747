import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openVault, type VaultOptions } from '#main/secrets/vault.ts';
import { errorData } from '#shared/errors/define.ts';
import { MemoryKeychain, temporaryHome } from '../store/home-for-test.ts';

function passphraseFile(content: string, mode = 0o600): string {
  const path = join(temporaryHome(), 'passphrase');
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

async function codeOf(options: VaultOptions): Promise<string> {
  return openVault(options).then(
    () => 'opened',
    (thrown: unknown) => errorData(thrown).code,
  );
}

/** Must never be asked: a passphrase file was given. */
const noKeychain = {
  get: () => Promise.reject(new Error('asked')),
  set: () => Promise.reject(new Error('asked')),
  remove: () => Promise.reject(new Error('asked')),
};

describe('a vault with a passphrase file', () => {
  it('opens again with the same passphrase, and never asks the keychain', async () => {
    const home = temporaryHome();
    const file = passphraseFile('correct horse battery staple\n');
    const sealed = (await openVault({ home, passphraseFile: file, keychain: noKeychain })).seal('hunter2', 'c');
    // The same passphrase in another file, without line break and with Windows' line break.
    for (const again of ['correct horse battery staple', 'correct horse battery staple\r\n']) {
      const vault = await openVault({ home, passphraseFile: passphraseFile(again), keychain: noKeychain });
      expect(vault.open(sealed, 'c')).toBe('hunter2');
    }
  });

  it('keeps the parameters beside the wrapped key, readable by the owner only, and no secret', async () => {
    const home = temporaryHome();
    const file = passphraseFile('correct horse');
    const vault = await openVault({ home, passphraseFile: file });
    const text = readFileSync(join(home, 'vault.json'), 'utf8');
    expect(JSON.parse(text)).toMatchObject({
      version: 1,
      id: vault.id,
      store: 'passphrase',
      kdf: { name: 'scrypt', n: 32768, r: 8, p: 3 },
    });
    expect(text).not.toContain('correct horse');
    expect(readdirSync(home)).toEqual(['vault.json']);
    expect(statSync(join(home, 'vault.json')).mode & 0o777).toBe(0o600);
    expect(vault.describe()).toEqual({ kind: 'passphrase-file', path: file, kdf: 'scrypt, N=32768, r=8, p=3' });
  });

  it('refuses another passphrase', async () => {
    const home = temporaryHome();
    await openVault({ home, passphraseFile: passphraseFile('right') });
    expect(await codeOf({ home, passphraseFile: passphraseFile('wrong') })).toBe('secrets.wrong_passphrase');
  });

  it.each([0o604, 0o640, 0o666, 0o601])('refuses a file with mode %o before reading it', async (mode) => {
    const home = temporaryHome();
    const code = await codeOf({ home, passphraseFile: passphraseFile('right', mode) });
    expect([code, readdirSync(home)]).toEqual(['secrets.passphrase_file_exposed', []]);
  });

  it.each([
    { content: '', code: 'secrets.passphrase_empty' },
    { content: '\n', code: 'secrets.passphrase_empty' },
    { content: 'x'.repeat(70_000), code: 'secrets.passphrase_file_unreadable' },
  ])('refuses an empty or endless passphrase: $code', async ({ content, code }) => {
    expect(await codeOf({ home: temporaryHome(), passphraseFile: passphraseFile(content) })).toBe(code);
  });

  it('refuses a missing file and a folder', async () => {
    const home = temporaryHome();
    const codes = [
      await codeOf({ home, passphraseFile: join(home, 'none') }),
      await codeOf({ home, passphraseFile: home }),
    ];
    expect([codes, readdirSync(home)]).toEqual([Array(2).fill('secrets.passphrase_file_unreadable'), []]);
  });

  it('is one vault when two processes make it at the same moment', async () => {
    const home = temporaryHome();
    const file = passphraseFile('right');
    const vaults = await Promise.all(Array.from({ length: 4 }, () => openVault({ home, passphraseFile: file })));
    const [first] = vaults;
    const sealed = first?.seal('hunter2', 'c') ?? '';
    expect(vaults.map((vault) => [vault.id, vault.open(sealed, 'c')])).toEqual(
      vaults.map(() => [first?.id, 'hunter2']),
    );
    expect(readdirSync(home)).toEqual(['vault.json']);
  });
});

describe('a vault with the keychain', () => {
  it('opens again with what the keychain has, one entry per vault', async () => {
    const home = temporaryHome();
    const keychain = new MemoryKeychain();
    const vault = await openVault({ home, keychain });
    const sealed = vault.seal('hunter2', 'c');
    expect((await openVault({ home, keychain })).open(sealed, 'c')).toBe('hunter2');
    expect([...keychain.entries.keys()]).toEqual([vault.id]);
    expect(vault.describe()).toEqual({ kind: 'keychain', service: 'slipway', account: vault.id });
    const text = readFileSync(join(home, 'vault.json'), 'utf8');
    for (const secret of keychain.entries.values()) expect(text).not.toContain(secret);
  });

  it('leaves one entry when two processes make it at the same moment', async () => {
    const home = temporaryHome();
    const keychain = new MemoryKeychain();
    const vaults = await Promise.all(Array.from({ length: 4 }, () => openVault({ home, keychain })));
    expect(new Set(vaults.map(({ id }) => id)).size).toBe(1);
    expect([...keychain.entries.keys()]).toEqual([vaults[0]?.id]);
  });

  it('makes no new key when its entry is gone', async () => {
    const home = temporaryHome();
    const keychain = new MemoryKeychain();
    await openVault({ home, keychain });
    keychain.entries.clear();
    expect(await codeOf({ home, keychain })).toBe('secrets.keychain_entry_missing');
    expect(keychain.entries.size).toBe(0);
  });

  it.each(['c2hvcnQ=', Buffer.alloc(32).toString('base64')])('refuses the foreign key %j', async (foreign) => {
    const home = temporaryHome();
    const keychain = new MemoryKeychain();
    const { id } = await openVault({ home, keychain });
    keychain.entries.set(id, foreign);
    expect(await codeOf({ home, keychain })).toBe('secrets.wrong_key');
  });

  it('never becomes something weaker where there is no keychain', async () => {
    const home = temporaryHome();
    await expect(openVault({ home, keychain: noKeychain })).rejects.toThrow('asked');
    expect(readdirSync(home)).toEqual([]);
  });
});

describe('a vault', () => {
  it('says which of both ways it was made with when the other one is tried', async () => {
    const [withKeychain, withPassphrase] = [temporaryHome(), temporaryHome()];
    const keychain = new MemoryKeychain();
    const file = passphraseFile('right');
    await openVault({ home: withKeychain, keychain });
    await openVault({ home: withPassphrase, passphraseFile: file });
    expect([
      await codeOf({ home: withKeychain, keychain, passphraseFile: file }),
      await codeOf({ home: withPassphrase, keychain }),
    ]).toEqual(['secrets.made_with_keychain', 'secrets.made_with_passphrase']);
  });

  it.each([
    '',
    '{}',
    'not JSON',
    '{"version":2,"store":"passphrase"}',
    JSON.stringify({
      version: 1,
      id: '3f0e8d4a-6c1b-4e0e-9a53-0a4b0f6f9a10',
      store: 'passphrase',
      kdf: { name: 'scrypt', n: 2 ** 31, r: 8, p: 3, salt: 'AAAA' },
      wrapped: 's1.AAAA',
    }),
  ])('with the record %j is refused and left as it is', async (text) => {
    const home = temporaryHome();
    writeFileSync(join(home, 'vault.json'), text);
    expect(await codeOf({ home, passphraseFile: passphraseFile('right') })).toBe('secrets.record_unusable');
    expect(readFileSync(join(home, 'vault.json'), 'utf8')).toBe(text);
  });

  it('opens nothing after it was closed', async () => {
    const vault = await openVault({ home: temporaryHome(), keychain: new MemoryKeychain() });
    const sealed = vault.seal('hunter2', 'c');
    vault.close();
    expect(() => vault.open(sealed, 'c')).toThrow(expect.objectContaining({ code: 'secrets.tampered' }));
  });
});
