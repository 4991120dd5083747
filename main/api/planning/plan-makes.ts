import { certificateFiles } from '#main/cluster/certificates/files.ts';
import type { Material } from '#main/cluster/certificates/material.ts';
import { certificateNames } from '#main/cluster/certificates/names.ts';
import type { Cluster, Machine } from '#main/cluster/cluster.ts';
import type { MachineFacts } from '#main/cluster/machine-facts.ts';
import { nodeConfigPath } from '#main/cluster/nodes/node-config.ts';
import { allFiles, nodeFiles } from '#main/cluster/nodes/node-files.ts';
import { configFiles } from '#main/cluster/planes/config-files.ts';
import { antiAffinityName, bootIsoPath, clusterTag } from '#main/cluster/provision/names.ts';
import { foldersOf, plannedMachines } from '#main/cluster/provision/planned.ts';
import { systemImage } from '#main/cluster/releases/images.ts';
import type { ReleaseImages } from '#main/cluster/releases/release.ts';
import type { StepForecast } from '#main/engine/preview.ts';

/** What a run of a plan makes that stays, by name. What is there already as wanted is left out. */
export interface Makes {
  readonly vms: readonly {
    readonly name: string;
    readonly pool: string;
    readonly template: string;
    /** `undefined` where DHCP gives it. */
    readonly address: string | undefined;
  }[];
  readonly containers: readonly { readonly machine: string; readonly name: string; readonly image: string }[];
  readonly files: readonly { readonly machine: string; readonly path: string }[];
  /** In vCenter, in the cluster and here: `folder …`, `tag …`, `add-on …`. */
  readonly other: readonly string[];
}

/** Pure; in the plan's order of machines. */
export function makesOf(cluster: Cluster, preview: readonly StepForecast[]): Makes {
  const todo = new Set(
    preview.flatMap(({ kind, step }) => (kind === 'already' ? [] : [`${step.phase} ${step.target.name}`])),
  );
  const pathsFor = pathsIn(cluster);
  const on = (phase: string, { name }: Machine): boolean => todo.has(`${phase} ${name}`);
  return {
    vms: plannedMachines(cluster).flatMap(({ machine, pool, template, record }) => {
      if (record.cloned) return [];
      const address = record.address === '' ? undefined : record.address;
      return [{ name: machine, pool: pool.name, template: template.name, address }];
    }),
    containers: cluster.machines.flatMap((machine) =>
      planes
        .filter(({ phase, roles }) => on(phase, machine) && roles(machine))
        .map(({ name, image }) => ({ machine: machine.name, name, image: systemImage(cluster, image) })),
    ),
    files: cluster.machines.flatMap((machine) =>
      pathsFor(
        machine,
        filePhases.filter((phase) => on(phase, machine)),
      ).map((path) => ({ machine: machine.name, path })),
    ),
    other: [...vcenterObjects(cluster), ...clusterObjects(cluster, todo)],
  };
}

interface Plane {
  readonly phase: string;
  readonly name: string;
  readonly image: keyof ReleaseImages;
  readonly roles: (machine: Machine) => boolean;
}

const has = (role: Machine['roles'][number]) => (machine: Machine) => machine.roles.includes(role);
const any = () => true;

const planes: readonly Plane[] = [
  { phase: 'etcd-plane', name: 'etcd', image: 'etcd', roles: has('etcd') },
  { phase: 'control-plane', name: 'kube-apiserver', image: 'kubeApiserver', roles: has('controlplane') },
  {
    phase: 'control-plane',
    name: 'kube-controller-manager',
    image: 'kubeControllerManager',
    roles: has('controlplane'),
  },
  { phase: 'control-plane', name: 'kube-scheduler', image: 'kubeScheduler', roles: has('controlplane') },
  { phase: 'worker-plane', name: 'nginx-proxy', image: 'nginx', roles: (one) => !has('controlplane')(one) },
  { phase: 'worker-plane', name: 'kubelet', image: 'kubelet', roles: any },
  { phase: 'worker-plane', name: 'kube-proxy', image: 'kubeProxy', roles: any },
];

const filePhases = ['install-docker', 'node-config', 'deploy-certificates', 'deploy-files'] as const;
type FilePhase = (typeof filePhases)[number];

/** No file can be called so: stands where a path has the machine's name. */
const anyName = '{machine}';

/** Made once for all machines that are alike but for their name: their contents are made along with the paths. */
function pathsIn(cluster: Cluster): (machine: Machine, phases: readonly FilePhase[]) => readonly string[] {
  const known = new Map<string, readonly string[]>();
  return (machine, phases) => {
    const key = [...machine.roles, ...phases].join(' ');
    let paths = known.get(key);
    if (!paths) {
      const alike = { ...machine, name: anyName };
      known.set(key, (paths = phases.flatMap((phase) => pathsOf(cluster, alike, phase))));
    }
    return paths.map((path) => path.replace(anyName, machine.name));
  };
}

function pathsOf(cluster: Cluster, machine: Machine, phase: FilePhase): readonly string[] {
  return filesOf(cluster, machine, phase).map(({ path }) => path);
}

function filesOf(cluster: Cluster, machine: Machine, phase: FilePhase): readonly { readonly path: string }[] {
  switch (phase) {
    case 'install-docker':
      return allFiles(nodeFiles(cluster, machine, anyFacts, { daemonJson: undefined, logins: new Map() }));
    case 'node-config':
      return [{ path: nodeConfigPath }];
    case 'deploy-certificates':
      return certificateFiles(machine, anyMaterial(cluster, machine));
    case 'deploy-files':
      return configFiles(cluster, machine, anyFacts, anyMaterial(cluster, machine));
  }
}

/** Only the paths are asked for, and no path depends on what stands in a file. */
function anyMaterial({ spec }: Cluster, { name: machine }: Machine): Material {
  const { node, kubelet, etcdMember, ...once } = certificateNames;
  const names = [...Object.values(once), node(machine), kubelet(machine), etcdMember(machine)];
  return {
    certificates: new Map(names.map((name) => [name, { name, certificatePem: '', keyPem: '' }])),
    serviceAccountKey: '',
    encryptionKey: '',
    ...(spec.api.authnWebhook === undefined ? {} : { authnWebhook: '' }),
  };
}

const anyFacts: MachineFacts = {
  os: { id: 'debian', idLike: [], version: '13', name: '' },
  architecture: 'amd64',
  kernel: '',
  hostname: '',
  machineId: '',
  cpus: 2,
  memoryMiB: 4096,
  cgroupVersion: 2,
  swapMiB: 0,
  freeMiB: { '/var/lib/docker': 0, '/var/lib/etcd': 0, '/var/lib/kubelet': 0, '/etc': 0 },
  addresses: [],
  defaultAddress: '',
  mtu: 1500,
  privilege: 'root',
  hasSystemd: true,
  packageManager: 'apt',
  resolvConf: '/etc/resolv.conf',
  docker: undefined,
  containerd: undefined,
  missingKernelModules: [],
};

function vcenterObjects(cluster: Cluster): readonly string[] {
  const missing = plannedMachines(cluster).filter(({ record }) => !record.cloned);
  if (missing.length === 0) return [];
  const { category, name } = clusterTag(cluster);
  const kept = [...new Set(missing.map(({ pool }) => pool))].filter(
    (pool) => pool.antiAffinity !== 'none' && pool.count > 1,
  );
  const isos = missing.filter(({ template }) => template.bootMedia === 'iso');
  return [
    `tag ${category}/${name}`,
    ...foldersOf(cluster).map((folder) => `folder ${folder}, if it is not there`),
    ...isos.map(({ machine }) => `CD-ROM image ${bootIsoPath(cluster, machine)}, until the first boot is over`),
    ...kept.map((pool) => `rule ${antiAffinityName(cluster, pool.name)}`),
  ];
}

function clusterObjects(cluster: Cluster, todo: ReadonlySet<string>): readonly string[] {
  const { name, spec } = cluster;
  const wanted = (phase: string): boolean => todo.has(`${phase} ${name}`);
  return [
    ...(wanted('network-plugin') && spec.network.plugin !== 'none' ? [`network plugin ${spec.network.plugin}`] : []),
    ...(wanted('coredns') && spec.dns.enabled ? ['add-on coredns'] : []),
    ...(wanted('metrics-server') && spec.metrics.enabled ? ['add-on metrics-server'] : []),
    ...(wanted('user-addons') ? spec.addons.map((addon) => `add-on ${addon.name}`) : []),
    ...(wanted('kubeconfig') ? [`kubeconfig of ${name} in the inventory`] : []),
  ];
}
