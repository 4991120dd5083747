import type { Cluster, Machine } from '../cluster.ts';
import type { ContainerSpec } from '../container-spec.ts';
import type { RemoteFile } from '../ports.ts';
import { systemImage } from '../releases/images.ts';
import { sha256Hex } from '../sha256.ts';
import type { ListenedPort } from './port-matrix.ts';

export const listenerName = 'rke-port-listener';
const configPath = '/etc/nginx/port-listener.conf';

/**
 * What a listener answers on one port. A checker compares it, because on some networks every connection "succeeds"
 * (transparent proxies, NAT boxes). Derived, not random: a resumed run knows it again, and it protects nothing.
 */
export function portToken(cluster: Cluster, machine: string, { protocol, port }: ListenedPort): string {
  return `slipway-${sha256Hex(`${cluster.id} ${machine} ${protocol} ${port}`).slice(0, 24)}`;
}

/** nginx that answers its token on each port of the machine's internal address, as the components will listen there. */
export function portListener(
  cluster: Cluster,
  machine: Machine,
  ports: readonly ListenedPort[],
): { readonly spec: ContainerSpec; readonly files: readonly RemoteFile[] } {
  const config = listenerConfig(cluster, machine, ports);
  return {
    spec: {
      ...portContainer(listenerName, systemImage(cluster, 'nginx')),
      entrypoint: ['nginx'],
      command: ['-c', configPath],
      contentHashes: { [configPath]: sha256Hex(config) },
    },
    files: [{ path: configPath, content: new TextEncoder().encode(config), mode: 0o644 }],
  };
}

/** What listener and checker have in common. */
export function portContainer(name: string, image: string): ContainerSpec {
  return {
    name,
    image,
    command: [],
    env: [],
    mounts: [],
    network: 'host',
    privileged: false,
    restart: 'no',
    labels: {},
    log: { maxSizeMiB: 1, maxFiles: 1 },
    contentHashes: {},
    firstStartOnly: [],
  };
}

function listenerConfig(cluster: Cluster, machine: Machine, ports: readonly ListenedPort[]): string {
  const servers = ports.map((listened) => {
    const transport = listened.protocol === 'udp' ? ' udp' : '';
    const token = portToken(cluster, machine.name, listened);
    return `  server { listen ${machine.internalIp}:${listened.port}${transport}; return "${token}\\n"; }`;
  });
  return [
    // Debian's nginx loads the stream module from here; where it is built in the pattern matches nothing.
    'include /etc/nginx/modules-enabled/*.conf;',
    'daemon off;',
    'user root;',
    'worker_processes 1;',
    'pid /run/port-listener.pid;',
    'error_log stderr notice;',
    'events { worker_connections 4096; }',
    'stream {',
    ...servers,
    '}',
    '',
  ].join('\n');
}

/** What the listener's log says of its start (nginx's own wording, src/core/ngx_connection.c, src/os/unix). */
export function listenerState(lines: readonly string[]): {
  readonly listening: boolean;
  readonly portsInUse: readonly string[];
} {
  const inUse = lines.flatMap((line) => /bind\(\) to \S+?:(\d+) failed \(98:/.exec(line)?.[1] ?? []);
  return {
    listening: lines.some((line) => line.includes('start worker process')),
    portsInUse: [...new Set(inUse)].sort((a, b) => Number(a) - Number(b)),
  };
}
