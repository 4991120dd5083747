import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { migrations } from '#main/store/database/migrations/all.ts';

/**
 * SHA-256 of each migration's SQL. Add a line for a new one; never change one that was released: databases out there
 * have run it as it was.
 */
const released: Readonly<Record<string, string>> = {
  '0010-first-tables': 'e690355206a81e763dacc49376774ba5c5bc999c81456e9742158e03b5ca1abc',
  '0020-vsphere': '97b26ae8138a2ea1ce8b4008aa41ebaf82b9f56c4ba0ca6ef26a6523f7cc8a32',
  '0030-profiles-and-drafts': 'd3ca0e63d4e452f84eb76daabeee82d1ef05d56de88b95c25135d28d7b902f0a',
};

describe('migrations', () => {
  it('are never edited after release', () => {
    const found = migrations.map(({ version, name, sql }) => [
      `${String(version).padStart(4, '0')}-${name}`,
      createHash('sha256').update(sql).digest('hex'),
    ]);
    expect(Object.fromEntries(found)).toEqual(released);
  });

  it('are numbered in rising order', () => {
    const versions = migrations.map(({ version }) => version);
    expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b));
  });
});
