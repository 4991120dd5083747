import type { Json } from '#shared/json.ts';
import type { Cluster, Machine } from '../cluster.ts';
import type { FoundFile } from '../ports.ts';
import { containerdConfigPath, daemonJsonPath, preparationUnit } from './node-files.ts';

export const nodeConfigPath = '/etc/slipway/node.json';

/** Files whose hashes stand in the node config. None that holds a login: a hash of a short password can be guessed. */
export const hashedPaths: readonly string[] = [
  containerdConfigPath,
  daemonJsonPath,
  '/etc/modules-load.d/90-slipway.conf',
  '/etc/sysctl.d/90-slipway.conf',
  '/etc/systemd/network/50-slipway-flannel.link',
  `/etc/systemd/system/${preparationUnit}`,
];

/**
 * What a machine is told about itself, and what is kept of it in the inventory. No secrets; everybody on the machine
 * may read it. `version` rises when a reader would have to know.
 */
export function nodeConfig(cluster: Cluster, machine: Machine, found: ReadonlyMap<string, FoundFile>): Json {
  return {
    version: 1,
    cluster: { id: cluster.id, name: cluster.name, release: cluster.release.version },
    machine: {
      name: machine.name,
      address: machine.address,
      internalIp: machine.internalIp,
      roles: machine.roles,
      labels: machine.labels,
      taints: machine.taints,
    },
    files: Object.fromEntries(
      hashedPaths.flatMap((path) => {
        const file = found.get(path);
        return file ? [[path, `sha256:${file.sha256}`]] : [];
      }),
    ),
  };
}

export function nodeConfigText(config: Json): string {
  return `${JSON.stringify(config, undefined, 2)}\n`;
}
