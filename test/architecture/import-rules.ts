import type { IForbiddenRuleType } from 'dependency-cruiser';

const adapters = ['machines', 'vsphere', 'kube', 'store', 'secrets'];

/**
 * design.md, section 2: imports go one way. `root` is where main/ and shared/ are: the repository, or a fixture of a
 * test, as a path from the repository with a slash at its end.
 */
export function importRules(root: string): readonly IForbiddenRuleType[] {
  const at = (path: string) => `^${root}${path}`;
  const ports = [at('main/cluster/ports\\.ts'), at('main/cluster/[^/]+\\.ts$'), at('main/engine/')];
  return [
    {
      name: 'shared-stands-alone',
      severity: 'error',
      from: { path: at('shared/') },
      to: { path: at('(main|renderer|preload|test)/') },
    },
    {
      name: 'shared-knows-no-host',
      comment: 'shared also runs in a browser: no Node, DOM or Electron',
      severity: 'error',
      from: { path: at('shared/') },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'engine-knows-no-kubernetes',
      severity: 'error',
      from: { path: at('main/engine/') },
      to: { path: at('main/'), pathNot: at('main/engine/') },
    },
    {
      name: 'cluster-sees-adapters-through-ports',
      severity: 'error',
      from: { path: at('main/cluster/') },
      to: { path: at('main/'), pathNot: at('main/(cluster|engine)/') },
    },
    ...adapters.map((adapter): IForbiddenRuleType => ({
      name: `${adapter}-knows-only-ports`,
      comment: 'an adapter imports shared and the port types it implements, never another one',
      severity: 'error',
      from: { path: at(`main/${adapter}/`) },
      to: { path: at('main/'), pathNot: [at(`main/${adapter}/`), ...ports] },
    })),
    {
      name: 'api-knows-no-app',
      severity: 'error',
      from: { path: at('main/api/') },
      to: { path: at('main/(apps|rpc)/') },
    },
    {
      name: 'rpc-knows-only-the-contract',
      comment: 'it carries calls of shared/contract and knows nothing of what answers them',
      severity: 'error',
      from: { path: at('main/rpc/') },
      to: { path: at('main/'), pathNot: at('main/rpc/') },
    },
    {
      name: 'contract-uses-only-shared',
      comment: 'a renderer loads it: valibot is the one package in it',
      severity: 'error',
      from: { path: at('shared/contract/') },
      to: { path: 'node_modules/', pathNot: 'node_modules/valibot/' },
    },
    {
      name: 'apps-only-through-api',
      comment: 'a composition root gives the api what it needs; the engine is only its types',
      severity: 'error',
      from: { path: at('main/apps/') },
      to: { path: at('main/'), pathNot: at('main/(api|apps|engine|rpc)/') },
    },
    {
      name: 'apps-know-no-other-app',
      severity: 'error',
      from: { path: at('main/apps/([^/]+)/') },
      to: { path: at('main/apps/[^/]+/'), pathNot: at('main/apps/$1/') },
    },
    {
      name: 'renderer-knows-only-shared',
      comment: 'it runs in a browser and reaches everything else through the contract',
      severity: 'error',
      from: { path: at('renderer/'), pathNot: at('renderer/vite\\.config\\.ts$') },
      to: { path: at('(main|preload|test)/') },
    },
    {
      name: 'renderer-knows-no-host',
      comment: 'no Node; its build is configured in Node, though',
      severity: 'error',
      from: { path: at('renderer/'), pathNot: at('renderer/vite\\.config\\.ts$') },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'preload-knows-only-the-contract',
      comment: 'one sandboxed file that is loaded before every page: no Node, no package',
      severity: 'error',
      from: { path: at('preload/'), pathNot: at('preload/vite\\.config\\.ts$') },
      to: { path: ['^node_modules/(?!electron/)', at('(main|renderer|test)/'), at('shared/(?!contract/)')] },
    },
    {
      name: 'product-knows-no-test',
      severity: 'error',
      from: { path: at('(main|shared|preload|renderer)/') },
      to: { path: at('test/') },
    },
    {
      name: 'only-electron-app-imports-electron',
      comment: 'and there only the entry: all the rest is tried without it',
      severity: 'error',
      from: { path: at('(main|shared|renderer)/'), pathNot: at('main/apps/electron/(main|electron-parts)\\.ts$') },
      to: { path: '(^|/)electron(/|$)', dependencyTypes: ['npm', 'npm-dev', 'npm-no-pkg', 'npm-unknown', 'unknown'] },
    },
    {
      name: 'no-circles',
      comment: 'nor of types: who must know the other to say what it is, is not done being divided',
      severity: 'error',
      from: { path: at('(main|preload|shared|renderer)/') },
      to: { circular: true },
    },
    {
      name: 'everything-resolves',
      severity: 'error',
      from: { path: at('(main|shared)/') },
      to: { couldNotResolve: true, pathNot: '^electron$' },
    },
  ];
}
