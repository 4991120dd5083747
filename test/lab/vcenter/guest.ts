import type Docker from 'dockerode';
import { execIn, type ExecResult } from '../container-exec.ts';
import { labels } from '../labels.ts';
import type { Network } from '../network.ts';

/** The guest of a VM that was switched on: a container, seen from beside the product, vCenter and sshd. */
export interface LabGuest {
  readonly container: string;
  /** '' while it is off, or where it has no network. */
  readonly address: string;
  readonly running: boolean;
  /** A bash script as root. */
  exec(script: string): Promise<ExecResult>;
}

export async function findGuest(docker: Docker, lab: string, network: Network, vm: string): Promise<LabGuest> {
  const containers = await docker.listContainers({ all: true, filters: { label: [`${labels.lab}=${lab}`] } });
  const prefix = `/slipway-lab-${lab}-${vm}-vm-`;
  const found = containers.find(({ Names }) => Names.some((name) => name.startsWith(prefix)));
  if (!found) throw new Error(`Lab ${lab} has no guest for the VM ${vm}.`);
  return {
    container: (found.Names[0] ?? '').slice(1),
    address: found.NetworkSettings.Networks[network.name]?.IPAddress ?? '',
    running: found.State === 'running',
    exec: (script) => execIn(docker.getContainer(found.Id), ['bash', '-euo', 'pipefail', '-c', script]),
  };
}
