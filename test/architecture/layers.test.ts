import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cruise } from 'dependency-cruiser';
import { describe, expect, it, onTestFinished } from 'vitest';
import { importRules } from './import-rules.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));

/** Every forbidden import below `root`, as `rule: from -> to`. */
async function violations(root: string): Promise<readonly string[]> {
  const prefix = root === '' ? '' : `${root}/`;
  const { output } = await cruise(
    [`${prefix}main`, `${prefix}preload`, `${prefix}renderer`, `${prefix}shared`],
    {
      baseDir: repository,
      validate: true,
      ruleSet: { forbidden: [...importRules(prefix)] },
      doNotFollow: { path: 'node_modules' },
      tsPreCompilationDeps: true, // layers hold for types, too
      detectProcessBuiltinModuleCalls: true,
    },
    // `imports` of package.json: the fixture has its own, so that #main means its main.
    {
      extensions: ['.ts', '.mjs', '.js', '.svelte'],
      conditionNames: ['import', 'node', 'types'],
      exportsFields: ['exports'],
    },
  );
  if (typeof output === 'string') throw new TypeError(`Unexpected report: ${output.slice(0, 200)}`);
  // A rule holds easily where nothing was read.
  if (output.summary.totalCruised < 8)
    throw new Error(`Only ${String(output.summary.totalCruised)} modules were read.`);
  return output.summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`);
}

describe('imports', () => {
  it('go one way', { timeout: 60_000 }, async () => {
    expect(await violations('')).toEqual([]);
  });

  // Each is what somebody in a hurry would write.
  it.each([
    { file: 'shared/a.ts', imports: '#main/engine/clock.ts', rule: 'shared-stands-alone' },
    { file: 'shared/a.ts', imports: 'node:fs', rule: 'shared-knows-no-host' },
    { file: 'main/engine/a.ts', imports: '../cluster/ports.ts', rule: 'engine-knows-no-kubernetes' },
    { file: 'main/cluster/phases/a.ts', imports: '#main/machines/ssh.ts', rule: 'cluster-sees-adapters-through-ports' },
    { file: 'main/store/a.ts', imports: '#main/secrets/vault.ts', rule: 'store-knows-only-ports' },
    { file: 'main/api/a.ts', imports: '#main/apps/cli/main.ts', rule: 'api-knows-no-app' },
    { file: 'main/rpc/a.ts', imports: '#main/store/store.ts', rule: 'rpc-knows-only-the-contract' },
    { file: 'shared/contract/a.ts', imports: 'yaml', rule: 'contract-uses-only-shared' },
    { file: 'main/apps/cli/a.ts', imports: '#main/store/store.ts', rule: 'apps-only-through-api' },
    { file: 'main/apps/web/a.ts', imports: '../cli/main.ts', rule: 'apps-know-no-other-app' },
    { file: 'renderer/a.ts', imports: '#main/engine/clock.ts', rule: 'renderer-knows-only-shared' },
    { file: 'renderer/a.ts', imports: 'node:fs', rule: 'renderer-knows-no-host' },
    { file: 'main/kube/a.ts', imports: '#test/fakes/clock.ts', rule: 'product-knows-no-test' },
    { file: 'preload/a.ts', imports: '#shared/errors/define.ts', rule: 'preload-knows-only-the-contract' },
    { file: 'preload/a.ts', imports: 'valibot', rule: 'preload-knows-only-the-contract' },
    { file: 'main/apps/electron/a.ts', imports: 'electron', rule: 'only-electron-app-imports-electron' },
    { file: 'main/api/a.ts', imports: 'electron', rule: 'only-electron-app-imports-electron' },
    { file: 'main/cluster/a.ts', imports: './gone.ts', rule: 'everything-resolves' },
  ])('from $file to $imports break $rule', { timeout: 30_000 }, async ({ file, imports, rule }) => {
    const root = await fixture({ [file]: `import '${imports}';\n` });
    expect((await violations(root)).map((violation) => violation.split(':', 1)[0])).toContain(rule);
  });

  it('count in components, too', { timeout: 30_000 }, async () => {
    const root = await fixture({
      'renderer/A.svelte': '<script lang="ts">\n  import \'#main/engine/clock.ts\';\n</script>\n',
    });
    expect((await violations(root)).join()).toContain('renderer-knows-only-shared');
  });

  it('of types only count as well', { timeout: 30_000 }, async () => {
    const root = await fixture({
      'main/engine/a.ts': "import type { B } from '#main/kube/b.ts';\nexport type A = B;\n",
    });
    expect((await violations(root)).join()).toContain('engine-knows-no-kubernetes');
  });

  it('do not go in a circle, by types neither', { timeout: 30_000 }, async () => {
    const root = await fixture({
      'main/engine/a.ts': "import type { B } from './b.ts';\nexport type A = B;\n",
      'main/engine/b.ts': "import type { C } from './c.ts';\nexport type B = C | number;\n",
      'main/engine/c.ts': "import { type A } from './a.ts';\nexport type C = A[];\n",
    });
    expect((await violations(root)).map((violation) => violation.split(':', 1)[0])).toEqual(['no-circles']);
  });

  it('in a circle are found in components, too', { timeout: 30_000 }, async () => {
    const root = await fixture({
      'renderer/A.svelte': '<script lang="ts">\n  import { load } from \'./a.ts\';\n  load();\n</script>\n',
      'renderer/a.ts': "import A from './A.svelte';\nexport const load = (): typeof A => A;\n",
    });
    expect((await violations(root)).join()).toContain('no-circles');
  });

  it('that are allowed break nothing', { timeout: 30_000 }, async () => {
    const root = await fixture({
      'main/store/a.ts': "import '#main/engine/clock.ts';\nimport '#main/cluster/ports.ts';\n",
    });
    expect(await violations(root)).toEqual([]);
  });
});

/** A tiny tree of our shape with one file more; a path from the repository. */
async function fixture(files: Readonly<Record<string, string>>): Promise<string> {
  const scratch = join(repository, 'test-results');
  await mkdir(scratch, { recursive: true });
  const folder = await mkdtemp(join(scratch, 'layers-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await cp(join(repository, 'package.json'), join(folder, 'package.json'));
  const empty = [
    'engine/clock',
    'cluster/ports',
    'machines/ssh',
    'secrets/vault',
    'apps/cli/main',
    'store/store',
    'kube/b',
  ];
  const tree = Object.fromEntries(empty.map((path) => [`main/${path}.ts`, 'export type B = string;\n']));
  const rest = {
    'shared/json.ts': 'export {};\n',
    'shared/errors/define.ts': 'export {};\n',
    'preload/preload.ts': 'export {};\n',
    'renderer/routes.ts': 'export {};\n',
    'test/fakes/clock.ts': 'export {};\n',
  };
  for (const [path, text] of Object.entries({ ...tree, ...rest, ...files })) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return relative(repository, folder);
}
