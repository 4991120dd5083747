import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { openStore } from './home-for-test.ts';

const record = {
  name: 'lab',
  kind: 'vsphere',
  address: 'vcenter.example',
  user: 'ann@example',
  trust: { kind: 'thumbprint', sha256: 'AB:CD' },
  proxy: undefined,
} as const;
const secrets = { password: 'correct-horse-battery', proxyPassword: 'staple-of-the-proxy' };

describe('cloud credentials', () => {
  it('are found by name with everything but their secrets, which only the vault opens', async () => {
    const { store } = openStore({ now: () => 5 });
    await store.credentials.create(record, secrets);
    expect(store.credentials.find('lab')).toEqual({ ...record, createdAt: 5, updatedAt: 5 });
    expect(store.credentials.list()).toEqual([store.credentials.get('lab')]);
    expect(await store.credentials.secrets('lab')).toEqual(secrets);
  });

  it('leave no secret readable in any file, and tell them to the redactor', async () => {
    const { home, store, redactor } = openStore();
    await store.credentials.create(record, secrets);
    await store.credentials.update(record, { ...secrets, password: 'a-new-password' });
    const files = readdirSync(home, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const bytes = Buffer.concat(files.map((file) => readFileSync(join(file.parentPath, file.name))));
    const all = [...Object.values(secrets), 'a-new-password'];
    expect(bytes.includes('vcenter.example')).toBe(true);
    for (const secret of all) {
      expect(bytes.includes(secret)).toBe(false);
      expect(bytes.includes(Buffer.from(secret).toString('base64'))).toBe(false);
      expect(redactor.redact(`it is ${secret}`)).toBe('it is [redacted]');
    }
  });

  it('do not open under another name', async () => {
    const { home, store } = openStore();
    await store.credentials.create(record, secrets);
    const raw = new Sqlite(join(home, 'slipway.db'));
    raw.exec("UPDATE credentials SET name = 'other'");
    raw.close();
    await expect(store.credentials.secrets('other')).rejects.toMatchObject({ code: 'secrets.tampered' });
  });

  it('cannot have the name of another one, and unknown ones are an error with the names that there are', async () => {
    const { store } = openStore();
    await store.credentials.create(record, secrets);
    await expect(store.credentials.create(record, secrets)).rejects.toMatchObject({ code: 'credential.exists' });
    expect(() => store.credentials.get('x')).toThrow(expect.objectContaining({ code: 'credential.unknown' }));
    await expect(store.credentials.update({ ...record, name: 'x' }, secrets)).rejects.toMatchObject({
      data: { code: 'credential.unknown', params: { known: 'lab' } },
    });
    expect([store.credentials.remove('lab'), store.credentials.remove('lab')]).toEqual([true, false]);
  });
});
