import { mkdirSync, readdirSync, readFileSync, statSync, lstatSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { kubeconfigFiles } from '#main/store/inventory/kubeconfig-files.ts';
import { temporaryHome } from './home-for-test.ts';

describe('kubeconfig files', () => {
  const files = kubeconfigFiles();

  it('are absent before they are written, and then read back', async () => {
    const path = join(temporaryHome(), 'new', '.kube', 'config');
    const before = await files.read(path);
    await files.write(path, 'a: 1\n');
    expect([before, await files.read(path)]).toEqual([undefined, 'a: 1\n']);
  });

  it('are readable by the owner only, whatever they were before, and nothing is left beside them', async () => {
    const path = join(temporaryHome(), 'config');
    writeFileSync(path, 'old', { mode: 0o644 });
    await files.write(path, 'new');
    expect([readFileSync(path, 'utf8'), statSync(path).mode & 0o777]).toEqual(['new', 0o600]);
    expect(readdirSync(dirname(path))).toEqual(['config']);
  });

  it('are replaced behind a symbolic link, which stays', async () => {
    const home = temporaryHome();
    mkdirSync(join(home, 'real'));
    const [link, real] = [join(home, 'config'), join(home, 'real', 'config')];
    writeFileSync(real, 'old');
    symlinkSync(real, link);
    await files.write(link, 'new');
    expect([lstatSync(link).isSymbolicLink(), readFileSync(real, 'utf8')]).toEqual([true, 'new']);
  });

  it('that cannot be read are not taken for absent', async () => {
    const folder = temporaryHome();
    await expect(files.read(folder)).rejects.toMatchObject({ code: 'store.unusable' });
    await expect(files.write(folder, 'x')).rejects.toMatchObject({ code: 'store.unusable' });
  });

  it('are whole at every moment while they are being replaced', async () => {
    const path = join(temporaryHome(), 'config');
    const texts = ['a'.repeat(200_000), 'b'.repeat(200_000)];
    await files.write(path, texts[0] ?? '');
    const writing = Array.from({ length: 20 }, (_, index) => files.write(path, texts[index % 2] ?? ''));
    const reading = Array.from({ length: 20 }, () => files.read(path));
    for (const text of await Promise.all(reading)) expect(texts).toContain(text);
    await Promise.all(writing);
  });
});
