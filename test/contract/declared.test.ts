import { glob } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { contract, operationNames } from '#shared/contract/index.ts';
import { SlipwayError } from '#shared/errors/define.ts';

const folder = fileURLToPath(new URL('../../shared/errors/', import.meta.url));

/** Codes of every error table. */
async function allCodes(): Promise<ReadonlySet<string>> {
  const codes = new Set<string>();
  for await (const file of glob('*.ts', { cwd: folder })) {
    const tables = Object.entries((await import(`${folder}${file}`)) as Record<string, unknown>);
    for (const [name, table] of tables) {
      if (!name.endsWith('Errors') || typeof table !== 'object' || table === null) continue;
      for (const make of Object.values(table)) {
        const made: unknown = (make as (params: object) => unknown)({});
        if (made instanceof SlipwayError) codes.add(made.code);
      }
    }
  }
  return codes;
}

describe('the contract', () => {
  it('declares only errors that exist', async () => {
    const known = await allCodes();
    expect(known.size).toBeGreaterThan(100);
    const declared = operationNames.flatMap((name) => contract[name].errors.map((code) => [name, code] as const));
    expect(declared.filter(([, code]) => !known.has(code))).toEqual([]);
  });

  it('names each operation as area.verb', () => {
    expect(operationNames.filter((name) => !/^[a-z]+\.[a-z][a-zA-Z]+$/.test(name))).toEqual([]);
  });
});
