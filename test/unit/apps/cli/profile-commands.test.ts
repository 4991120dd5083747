import { describe, expect, it } from 'vitest';
import { runCommandLine } from '#main/apps/cli/run-command-line.ts';
import { cluster } from './fake-slipway.ts';
import { fakeWorld } from './fake-world.ts';
import { temporaryHome } from './home-for-test.ts';

const spec = `
apiVersion: slipway.dev/v1
kind: Cluster
metadata: { name: home }
spec:
  release: v1.36.3
  machines: [{ name: node-1, address: 192.0.2.7, roles: [etcd] }]
  pools: [{ name: work, template: small, count: 2, roles: [worker] }]
`;

describe('slipway profile', () => {
  it('saves, lists, shows, exports, removes and imports', async () => {
    const home = await temporaryHome();
    const files = { 'cluster.yaml': spec };
    const saved = await home.run(['profile', 'save', 'small', '-f', 'cluster.yaml', '--description', 'Two workers'], {
      files,
    });
    expect([saved.code, saved.out]).toEqual([0, 'Saved the profile small.\n']);
    expect((await home.run(['profile', 'list'])).out).toMatch(/small +v1\.36\.3 +2 +Two workers/);
    const shown = await home.run(['profile', 'show', 'small']);
    expect([shown.out.includes('name: small'), shown.out.includes('192.0.2.7')]).toEqual([true, false]);
    const { out: exported } = await home.run(['profile', 'export', 'small']);
    expect((await home.run(['profile', 'remove', 'small'])).code).toBe(0);
    const imported = await home.run(['profile', 'import', 'p.yaml', '--json'], { files: { 'p.yaml': exported } });
    expect(imported.json()).toMatchObject([
      { type: 'profile', name: 'small', machines: 2, description: 'Two workers' },
    ]);
  });

  it('answers 2 for a name that is taken or unknown, 3 for what is no profile', async () => {
    const home = await temporaryHome();
    const files = { 'cluster.yaml': spec, 'wrong.yaml': 'spec: { cpus: 2 }' };
    const save = ['profile', 'save', 'small', '-f', 'cluster.yaml'];
    const codes = [];
    for (const argv of [
      save,
      save,
      [...save, '--replace'],
      ['profile', 'show', 'big'],
      ['profile', 'import', 'cluster.yaml'],
    ]) {
      codes.push((await home.run(argv, { files })).code);
    }
    expect(codes).toEqual([0, 2, 0, 2, 3]);
    const wrong = await home.run(['profile', 'save', 'x', '-f', 'wrong.yaml'], { files });
    expect([wrong.code, wrong.err]).toEqual([3, expect.stringContaining('spec.cpus is not a key')]);
  });
});

describe('slipway secret', () => {
  it('seals what a file, standard input or the person says, and never shows it', async () => {
    const home = await temporaryHome();
    const put = await home.run(['secret', 'put', 'registry/password', '--from', 'p'], {
      files: { p: 'hunter2-of-a-file\n' },
    });
    expect([put.code, put.out]).toEqual([0, 'Sealed. A spec names it as vault:registry/password\n']);
    await home.run(['secret', 'put', 'piped', '--from', '-'], { files: { '-': 'hunter2-of-a-pipe' } });
    const typed = await home.run(['secret', 'put', 'typed'], { answers: ['hunter2-typed'] });
    expect(typed.questions).toEqual(['Value of typed: ']);
    expect((await home.run(['secret', 'list'])).out).toBe('piped\nregistry/password\ntyped\n');
    expect((await home.run(['secret', 'remove', 'piped', '--json'])).json()).toEqual([
      { type: 'secret-removed', name: 'piped' },
    ]);
    expect((await home.everything()).toString('latin1')).not.toContain('hunter2');
  });

  it('answers 2 or 3 and keeps nothing when something is wrong', async () => {
    const home = await temporaryHome();
    const files = { p: 'value', empty: '\n' };
    const codes = [];
    for (const argv of [
      ['secret', 'put', 'Upper', '--from', 'p'],
      ['secret', 'put', 'a', '--from', 'empty'],
      ['secret', 'put', 'a'],
      ['secret', 'put', 'a', 'value-as-an-argument'],
      ['secret', 'remove', 'a'],
    ]) {
      codes.push((await home.run(argv, { files })).code);
    }
    expect(codes).toEqual([2, 3, 2, 2, 2]);
    expect((await home.run(['secret', 'list', '--json'])).json()).toEqual([{ type: 'secrets', secrets: [] }]);
  });
});

describe('slipway diagnostics', () => {
  it('writes the bundle and says what is in it and what is not', async () => {
    const home = await temporaryHome();
    const world = fakeWorld({
      slipway: {
        clusters: async () => [cluster('home')],
        diagnostics: {
          collect: () => Promise.reject(new Error('not asked')),
          bundle: async (wish) => ({
            files: [{ name: 'about.json', text: `${String(wish.cluster)} ${wish.productVersion}` }],
            leftOut: ['All secrets.'],
            fileName: 'x.tar.gz',
            bytes: Buffer.from([0x1f, 0x8b]),
          }),
        },
      },
    });
    const code = await runCommandLine(['diagnostics', '-o', 'd.tar.gz', '--cluster', 'home'], world);
    expect([code, world.out()]).toEqual([0, 'about.json\nLeft out:\n  All secrets.\nWritten to d.tar.gz.\n']);
    expect(world.files.get('d.tar.gz')).toBe('\u001f\u008b');
    const real = await home.run(['diagnostics', '-o', 'd.tar.gz', '--json']);
    expect(real.json()).toMatchObject([
      { type: 'diagnostics', path: 'd.tar.gz', files: ['about.json', 'settings.json', 'credentials.json'] },
    ]);
    const unknown = await home.run(['diagnostics', '-o', 'd.tar.gz', '--cluster', 'other']);
    expect([unknown.code, (await home.run(['diagnostics'])).code]).toEqual([2, 2]);
  });
});
