import { machinesWith, type Cluster } from '../cluster.ts';
import type { ContainerSpec } from '../container-spec.ts';
import type { RemoteFile } from '../ports.ts';
import { systemImage } from '../releases/images.ts';
import { configPaths } from './config-paths.ts';
import { contentHashes, serviceContainer } from './service-container.ts';

/** Where there is no kube-apiserver: 127.0.0.1:6443 leads to all of them. */
export function nginxProxyContainer(cluster: Cluster, files: readonly RemoteFile[]): ContainerSpec {
  const command = ['-g', 'daemon off;', '-c', configPaths.nginx];
  return serviceContainer('nginx-proxy', systemImage(cluster, 'nginx'), {
    entrypoint: ['nginx'],
    command,
    mounts: [{ from: configPaths.nginxFolder, to: configPaths.nginxFolder, readOnly: true }],
    contentHashes: contentHashes(command, files),
  });
}

/**
 * On loopback only: RKE let each worker relay to the API for anyone in the network (rke-reference.md 14.5, E12).
 * A control plane that does not answer within two seconds is left out for ten.
 */
export function nginxConfig(cluster: Cluster): string {
  const servers = machinesWith(cluster, 'controlplane').map(
    ({ internalIp }) => `        server ${internalIp}:6443 max_fails=1 fail_timeout=10s;`,
  );
  return `# The stream module: built into nginx's own image, a loadable module in Debian's package.
include /etc/nginx/modules-enabled/*.conf;
error_log stderr warn;
pid /run/nginx-proxy.pid;
worker_processes 2;

events {
    worker_connections 1024;
}

stream {
    upstream kube_apiserver {
        least_conn;
${servers.join('\n')}
    }
    server {
        listen 127.0.0.1:6443;
        proxy_pass kube_apiserver;
        proxy_connect_timeout 2s;
        # Watches are silent for long.
        proxy_timeout 30m;
        proxy_socket_keepalive on;
    }
}
`;
}
