import { execFileSync } from 'node:child_process';
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type SecretSources, secretResolver } from '#main/secrets/resolve.ts';
import { temporaryHome } from '../store/home-for-test.ts';

function sources(folder: string): SecretSources & { readonly told: string[] } {
  const told: string[] = [];
  return {
    named: async (name) => (name === 'registry' ? 'from the vault' : undefined),
    env: { PASSWORD: 'from env', EMPTY: '' },
    baseFolder: folder,
    onSecret: (value) => void told.push(value),
    told,
  };
}

describe('a secret reference', () => {
  it('gives the value of a file without its last line break, of a variable, and of the vault', async () => {
    const folder = temporaryHome();
    writeFileSync(join(folder, 'unix'), 'line 1\nline 2\n\n');
    writeFileSync(join(folder, 'windows'), 'from a file\r\n');
    const all = sources(folder);
    const resolve = secretResolver(all);
    const references = [`file:${folder}/unix`, 'file:windows', 'file:./windows', 'env:PASSWORD', 'vault:registry'];
    const values = await Promise.all(references.map(resolve));
    expect(values).toEqual(['line 1\nline 2\n', 'from a file', 'from a file', 'from env', 'from the vault']);
    expect(all.told.sort()).toEqual([...values].sort()); // the redactor knew each before the caller
  });

  it.each([
    { reference: 'file:none', code: 'secret.missing' },
    { reference: 'file:plain/below-a-file', code: 'secret.missing' },
    { reference: 'file:folder', code: 'secret.unreadable' },
    { reference: 'file:huge', code: 'secret.unreadable' },
    { reference: 'file:pipe', code: 'secret.unreadable' },
    { reference: 'file:empty', code: 'secret.empty' },
    { reference: 'env:UNSET', code: 'secret.missing' },
    { reference: 'env:EMPTY', code: 'secret.empty' },
    { reference: 'vault:unknown', code: 'secret.missing' },
  ])('$reference is an error that names it: $code', async ({ reference, code }) => {
    const folder = temporaryHome();
    mkdirSync(join(folder, 'folder'));
    for (const name of ['plain', 'empty', 'huge']) writeFileSync(join(folder, name), name === 'empty' ? '\n' : 'x');
    truncateSync(join(folder, 'huge'), 2 ** 21);
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    const failure = secretResolver(sources(folder))(reference);
    await expect(failure).rejects.toMatchObject({ code, data: { params: { reference } } });
  });

  it('that is no reference is not quoted: it may be the secret', async () => {
    const failure = secretResolver(sources('/'))('hunter2');
    await expect(failure).rejects.toMatchObject({ code: 'secret.bad_reference' });
    await failure.catch((thrown: unknown) => expect(JSON.stringify(thrown)).not.toContain('hunter2'));
  });
});
