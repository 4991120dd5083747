import { kubeProxyConfigFields, kubeProxyOwnFlags, type ConfigField } from './config-fields.ts';
import { flagRows, type Component, type FlagRow } from './flags.ts';
import { knownFlags } from './known-flags.ts';
import { compareMinors } from './minor.ts';

/** How a minor's components want to be started. Data: 1.17 and 1.36 are two values of this type, not two code paths. */
export interface Dialect {
  /** The minor: `1.36`. */
  readonly id: string;
  /** What goes before the flags. */
  readonly entrypoints: Readonly<Record<Component, readonly string[]>>;
  /** What we pass, in order; `{name}` stands for a value of the planes. */
  readonly flags: Readonly<Record<Component, readonly FlagRow[]>>;
  /** What the component accepts at all. Anything else makes it end at once. */
  readonly known: Readonly<Record<Component, ReadonlySet<string>>>;
  /** Who runs the pods, and how the kubelet finds it. */
  readonly runtime:
    | { readonly kind: 'containerd'; readonly endpoint: string; readonly rootDir: string }
    | { readonly kind: 'dockershim'; readonly rootDir: string };
  /** Whether kubelet and kube-proxy read a configuration file or take everything as flags. */
  readonly componentConfig: 'file' | 'flags';
  /** Flags that go into the component's configuration file instead, because beside one they are ignored. */
  readonly configFields: Readonly<Record<Component, Readonly<Record<string, ConfigField>>>>;
  /** The container whose volume brings the entrypoint (rke-tools), where there is one. */
  readonly sidekick: string | undefined;
  /** Where controller manager and scheduler tell their health, on loopback. */
  readonly health: { readonly kubeControllerManager: string; readonly kubeScheduler: string };
}

const rkeToolsEntrypoint = '/opt/rke-tools/entrypoint.sh';

/** Where a program lies in its image is the image's matter: names are found by its PATH. */
const plainEntrypoints: Dialect['entrypoints'] = {
  etcd: ['etcd'],
  kubeApiserver: ['kube-apiserver'],
  kubeControllerManager: ['kube-controller-manager'],
  kubeScheduler: ['kube-scheduler'],
  kubelet: ['kubelet'],
  kubeProxy: ['kube-proxy'],
};

const hyperkubeEntrypoints: Dialect['entrypoints'] = {
  etcd: ['/usr/local/bin/etcd'],
  kubeApiserver: [rkeToolsEntrypoint, 'kube-apiserver'],
  kubeControllerManager: [rkeToolsEntrypoint, 'kube-controller-manager'],
  kubeScheduler: [rkeToolsEntrypoint, 'kube-scheduler'],
  kubelet: [rkeToolsEntrypoint, 'kubelet'],
  kubeProxy: [rkeToolsEntrypoint, 'kube-proxy'],
};

const httpsHealth = {
  kubeControllerManager: 'https://127.0.0.1:10257/healthz',
  kubeScheduler: 'https://127.0.0.1:10259/healthz',
};

type Shape = Omit<Dialect, 'id' | 'flags' | 'known' | 'configFields'>;

const containerdShape: Shape = {
  entrypoints: plainEntrypoints,
  runtime: {
    kind: 'containerd',
    endpoint: 'unix:///run/containerd/containerd.sock',
    rootDir: '/var/lib/containerd',
  },
  componentConfig: 'file',
  sidekick: undefined,
  health: httpsHealth,
};

/** RKE1 before 1.22: hyperkube + rke-tools + dockershim, health on the plain ports. */
const rkeShape: Shape = {
  entrypoints: hyperkubeEntrypoints,
  runtime: { kind: 'dockershim', rootDir: '/var/lib/docker' },
  componentConfig: 'flags',
  sidekick: 'service-sidekick',
  health: {
    kubeControllerManager: 'http://127.0.0.1:10252/healthz',
    kubeScheduler: 'http://127.0.0.1:10251/healthz',
  },
};

const shapes: Readonly<Record<string, Shape>> = {
  '1.17': rkeShape,
  '1.35': containerdShape,
  '1.36': containerdShape,
  '1.37': containerdShape,
};

/** @param minor one of the catalogue: `1.36`. */
export function dialectOf(minor: string): Dialect {
  const shape = shapes[minor];
  if (!shape) throw new Error(`No dialect for Kubernetes ${minor}`); // a fault of the catalogue, seen at its first load
  const hasFile = shape.componentConfig === 'file';
  const known = knownFlags(minor);
  return {
    id: minor,
    ...shape,
    flags: eachComponent((name) => rowsOf(name, minor)),
    known: hasFile ? { ...known, kubeProxy: withConfigFile(known.kubeProxy) } : known,
    configFields: eachComponent((name) => (hasFile && name === 'kubeProxy' ? kubeProxyConfigFields : {})),
  };
}

/** What kube-proxy still listens to beside a configuration file. The rest of its flags would be ignored in silence. */
function withConfigFile(known: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...Object.keys(kubeProxyConfigFields), ...kubeProxyOwnFlags]).intersection(known);
}

function rowsOf(component: Component, minor: string): readonly FlagRow[] {
  return flagRows[component].filter(
    ({ from, until }) =>
      (from === undefined || compareMinors(from, minor) <= 0) &&
      (until === undefined || compareMinors(minor, until) < 0),
  );
}

function eachComponent<T>(of: (component: Component) => T): Record<Component, T> {
  return {
    etcd: of('etcd'),
    kubeApiserver: of('kubeApiserver'),
    kubeControllerManager: of('kubeControllerManager'),
    kubeScheduler: of('kubeScheduler'),
    kubelet: of('kubelet'),
    kubeProxy: of('kubeProxy'),
  };
}
