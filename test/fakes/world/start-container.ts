import { notModelled } from './changes.ts';
import type { StartContainer } from './docker-port.ts';
import { etcdStarts, type FakeEtcd } from './etcd-port.ts';
import type { FakeContainer, FakeMachine } from './machine.ts';

const components = [
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubelet',
  'kube-proxy',
  'nginx-proxy',
];

/** What each leaves on its machine when it has run, itself or by its pods. */
const traces: Readonly<Record<string, readonly string[]>> = {
  etcd: ['/var/lib/etcd'],
  'kube-apiserver': ['/var/log/kube-audit'],
  kubelet: ['pods', '/var/lib/kubelet', '/var/log/pods', '/run/flannel', 'flannel.1', 'cni0'],
  'kube-proxy': ['KUBE-'],
};

/** `from to port`, by machine names: dropped by a firewall. */
export type BlockedPorts = ReadonlySet<string>;

export function startContainer(
  etcd: FakeEtcd,
  machines: ReadonlyMap<string, FakeMachine>,
  blocked: BlockedPorts,
): StartContainer {
  return (machine, container) => {
    const { name } = container.spec;
    for (const trace of traces[name] ?? []) machine.traces.add(trace);
    if (components.includes(name)) return { lines: [`${name} started`] };
    switch (name) {
      case 'etcd':
        etcdStarts(etcd, machine, container);
        return { lines: ['etcd started'] };
      case 'rke-port-listener':
        return listenerStarts(machine, container);
      case 'rke-port-checker':
        return { exitCode: 0, lines: checked(machine, container, machines, blocked) };
      default:
        return notModelled(`a start of the container ${name}`);
    }
  };
}

function listenerStarts(machine: FakeMachine, container: FakeContainer) {
  const inUse = listened(container).filter(({ transport, port }) => machine.foreignPorts.has(`${transport}/${port}`));
  if (inUse.length === 0)
    return { lines: ['[notice] 1#1: start worker processes', '[notice] 1#1: start worker process 7'] };
  const lines = inUse.map(
    ({ address, port }) => `[emerg] 1#1: bind() to ${address}:${port} failed (98: Address already in use)`,
  );
  return { exitCode: 1, lines };
}

function listened({ files }: FakeContainer) {
  const config = Buffer.from(files.get('/etc/nginx/port-listener.conf')?.content ?? []).toString();
  return [...config.matchAll(/listen (\S+):(\d+)( udp)?; return "([^"\\]+)/g)].map((match) => ({
    address: match[1] ?? '',
    port: match[2] ?? '',
    transport: match[3] ? 'udp' : 'tcp',
    token: match[4] ?? '',
  }));
}

function checked(
  from: FakeMachine,
  { spec }: FakeContainer,
  machines: ReadonlyMap<string, FakeMachine>,
  blocked: BlockedPorts,
): readonly string[] {
  return spec.command.map((target) => {
    const [transport = '', address = '', port = '', token = ''] = target.split('/');
    const to = [...machines.values()].find(({ internalIp }) => internalIp === address);
    const answer = (): string => {
      if (!to || blocked.has(`${from.name} ${to.name} ${port}`)) return 'timeout';
      const listener = to.containers.get('rke-port-listener');
      const server = listener?.running
        ? listened(listener).find((each) => each.port === port && each.transport === transport)
        : undefined;
      if (server) return server.token === token ? 'answered' : 'other';
      const component = { '2379': 'etcd', '2380': 'etcd', '6443': 'kube-apiserver', '10250': 'kubelet' }[port];
      return component !== undefined && to.containers.get(component)?.running ? 'silent' : 'refused';
    };
    return `RESULT ${transport}/${address}/${port} ${answer()}`;
  });
}
