import type { Kubectl } from '#test/cluster/support/kubectl.ts';
import type { LabMachine } from '#test/lab/machine.ts';

/** Everything a cluster of one machine consists of, taken from one that Slipway has built. */
export interface ReadyMade {
  /** Bodies of Docker's "create container", in the order in which they are started. */
  readonly containers: readonly { readonly name: string; readonly body: string }[];
  /** Of /etc/kubernetes: a file on the machine, where no reset looks. */
  readonly filesTar: string;
  /** What the deploy jobs would apply, and the objects that Slipway applies itself. */
  readonly manifests: string;
}

const order = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubelet', 'kube-proxy'];
const addOnMaps = ['rke-network-plugin', 'rke-coredns-addon', 'rke-metrics-addon'];

export async function takeReadyMade(machine: LabMachine, kubectl: Kubectl): Promise<ReadyMade> {
  const found = JSON.parse(await machine.run(['docker', 'inspect', ...order])) as readonly Inspected[];
  const filesTar = '/root/bench-kubernetes.tar';
  await machine.run(`tar -C / -cf ${filesTar} etc/kubernetes`);
  return {
    containers: found.map(({ Name, Config, HostConfig }) => {
      // What Docker fills in by itself and would not take back for a container on the host's network.
      const { Hostname: _name, Domainname: _domain, ExposedPorts: _ports, ...config } = Config;
      return { name: Name.slice(1), body: JSON.stringify({ ...config, HostConfig }) };
    }),
    filesTar,
    manifests: await manifestsOf(kubectl),
  };
}

const activation = { path: '/etc/slipway/activated.json', kept: '/root/bench-activated.json' } as const;

/**
 * Which configuration Docker and containerd run with: without it Slipway would restart both after a reset, and the floor
 * would not. Configured daemons are where both begin.
 */
export async function keepActivation(machine: LabMachine): Promise<void> {
  await machine.run(['cp', activation.path, activation.kept]);
}

export async function restoreActivation(machine: LabMachine): Promise<void> {
  await machine.run(`mkdir -p /etc/slipway && cp ${activation.kept} ${activation.path}`);
}

interface Inspected {
  readonly Name: string;
  readonly Config: Readonly<Record<string, unknown>>;
  readonly HostConfig: Readonly<Record<string, unknown>>;
}

async function manifestsOf(kubectl: Kubectl): Promise<string> {
  const maps = await Promise.all(
    addOnMaps.map((name) =>
      kubectl.json<{ data: Readonly<Record<string, string>> }>('-n', 'kube-system', 'get', 'configmap', name),
    ),
  );
  const own = await Promise.all(
    [
      ['-n', 'kube-system', 'get', 'secret', 'metrics-server-tls'],
      ['get', 'clusterrole', 'proxy-clusterrole-kubeapiserver'],
      ['get', 'clusterrolebinding', 'proxy-role-binding-kubernetes-master'],
    ].map(async (get) => fresh(await kubectl.json<Written>(...get))),
  );
  return [...own.map((object) => JSON.stringify(object)), ...maps.flatMap(({ data }) => Object.values(data))].join(
    '\n---\n',
  );
}

interface Written {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** As somebody would write it: without what the API adds. */
function fresh({ metadata: { name, namespace }, ...object }: Written): object {
  return { ...object, metadata: { name, namespace } };
}
