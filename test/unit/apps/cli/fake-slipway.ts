import type { ClusterSummary } from '#main/api/clusters/queries.ts';
import type { Slipway } from '#main/api/slipway.ts';

/** Refuses every call that the test did not script. */
export const refusing: Slipway = {
  readSpec: () => refuse('readSpec'),
  outline: () => refuse('outline'),
  plan: () => refuse('plan'),
  up: () => refuse('up'),
  resume: () => refuse('resume'),
  planDown: () => refuse('planDown'),
  down: () => refuse('down'),
  cancel: () => refuse('cancel'),
  clusters: () => refuse('clusters'),
  status: () => refuse('status'),
  spec: () => refuse('spec'),
  health: () => refuse('health'),
  runs: () => refuse('runs'),
  activeRuns: () => refuse('activeRuns'),
  watch: () => refuse('watch'),
  followLog: () => refuse('followLog'),
  logs: () => refuse('logs'),
  kubeconfig: () => refuse('kubeconfig'),
  mergeKubeconfig: () => refuse('mergeKubeconfig'),
  home: '/nowhere',
  redact: (text) => text,
  releases: () => refuse('releases'),
  pools: () => refuse('pools'),
  credentials: {
    inspect: () => refuse('credentials.inspect'),
    add: () => refuse('credentials.add'),
    update: () => refuse('credentials.update'),
    list: () => refuse('credentials.list'),
    check: () => refuse('credentials.check'),
    privileges: () => refuse('credentials.privileges'),
    remove: () => refuse('credentials.remove'),
  },
  templates: {
    add: () => refuse('templates.add'),
    list: () => refuse('templates.list'),
    show: () => refuse('templates.show'),
    remove: () => refuse('templates.remove'),
  },
  profiles: {
    list: () => refuse('profiles.list'),
    get: () => refuse('profiles.get'),
    save: () => refuse('profiles.save'),
    remove: () => refuse('profiles.remove'),
    export: () => refuse('profiles.export'),
    import: () => refuse('profiles.import'),
  },
  drafts: {
    list: () => refuse('drafts.list'),
    get: () => refuse('drafts.get'),
    put: () => refuse('drafts.put'),
    remove: () => refuse('drafts.remove'),
  },
  secrets: {
    list: () => refuse('secrets.list'),
    put: () => refuse('secrets.put'),
    remove: () => refuse('secrets.remove'),
  },
  diagnostics: {
    collect: () => refuse('diagnostics.collect'),
    bundle: () => refuse('diagnostics.bundle'),
  },
  settings: {
    get: () => refuse('settings.get'),
    update: () => refuse('settings.update'),
    secretStore: () => refuse('settings.secretStore'),
  },
  vsphere: {
    choices: () => refuse('vsphere.choices'),
    orphans: () => refuse('vsphere.orphans'),
    removeOrphans: () => refuse('vsphere.removeOrphans'),
  },
  [Symbol.asyncDispose]: async () => {},
};

function refuse(name: string): never {
  throw new Error(`Nobody scripted ${name}().`);
}

export function cluster(name: string): ClusterSummary {
  return { id: `c-${name}`, name, release: 'v1.36.3', machines: 3, lastRun: undefined };
}
