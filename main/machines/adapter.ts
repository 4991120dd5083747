import type { Duplex } from 'node:stream';
import type { Clock } from '#main/engine/clock.ts';
import type { MachineFacts } from '#main/cluster/machine-facts.ts';
import type { DockerPort, MachinesPort } from '#main/cluster/ports.ts';
import type { ClusterSpec } from '#shared/spec/cluster.ts';
import { leftovers, removeFiles, removeLeftovers } from './clean-up/leftovers.ts';
import { criProblem, podImages, pullPodImage } from './containerd.ts';
import { DockerClients } from './docker/client.ts';
import { dockerPort } from './docker/docker-port.ts';
import { lookAtDocker } from './docker/look.ts';
import { bootState } from './first-boot.ts';
import { lookAtMachine } from './facts/look.ts';
import { readFiles, writeFiles } from './files.ts';
import { installPackages } from './os/install-packages.ts';
import { applySysctls, clockSkewMs, ensureService, reloadService, removeService } from './services.ts';
import type { ResolveSecret } from './ssh/authentication.ts';
import { MachineConnections, type Settings } from './ssh/connections.ts';
import type { ApproveHostKey, KnownHosts } from './ssh/known-hosts.ts';

export interface MachinesOptions {
  readonly spec: ClusterSpec['spec'];
  /** How to log in, asked for at each connection: addresses of machines that are being made come late. */
  readonly settings: Settings;
  readonly knownHosts: KnownHosts;
  readonly resolveSecret: ResolveSecret;
  readonly approveHostKey: ApproveHostKey;
  readonly clock: Pick<Clock, 'now'>;
}

export interface OpenMachines extends AsyncDisposable {
  /** Makes the connection; the machine's first call gets it, or the error. @throws errors of `sshErrors` */
  connect(machine: string, signal: AbortSignal): Promise<void>;
  readonly machines: MachinesPort;
  readonly docker: DockerPort;
  /**
   * A stream to `host:port` as seen from the machine.
   * @throws `ssh.tunnel_refused` when nothing listens there; `ssh.forwarding_denied`; other errors of `sshErrors`.
   */
  tunnel(machine: string, host: string, port: number, signal: AbortSignal): Promise<Duplex>;
}

/** Connects to nothing yet: each machine is connected to by its first call. */
export function openMachines({ spec, clock, ...how }: MachinesOptions): OpenMachines {
  const connections = new MachineConnections({ ...how, connectMs: spec.timeouts.connect * 1000 });
  const clients = new DockerClients(connections);

  const machines: MachinesPort = {
    inspect: async (machine, signal): Promise<MachineFacts> => {
      const connection = await connections.connect(machine, signal);
      const [look, docker] = await Promise.all([
        lookAtMachine(connection, signal),
        lookAtDocker(clients, machine, signal),
      ]);
      return look(machine, docker);
    },
    bootState: (machine, signal) => bootState(connections, machine, signal),
    clockSkewMs: (machine, signal) => clockSkewMs(connections, machine, () => clock.now(), signal),
    installPackages: (machine, packages, onLine, signal) =>
      installPackages(connections, machine, packages, onLine, signal),
    readFiles: (machine, paths, signal) => readFiles(connections, machine, paths, signal),
    writeFiles: (machine, files, signal) => writeFiles(connections, machine, files, signal),
    ensureService: (machine, unit, options, signal) => ensureService(connections, machine, unit, options, signal),
    applySysctls: (machine, values, signal) => applySysctls(connections, machine, values, signal),
    pullPodImage: (machine, image, onProgress, signal) => pullPodImage(connections, machine, image, onProgress, signal),
    podImages: (machine, signal) => podImages(connections, machine, signal),
    criProblem: (machine, signal) => criProblem(connections, machine, signal),
    leftovers: (machine, wanted, signal) => leftovers(connections, machine, wanted, signal),
    removeLeftovers: (machine, wanted, onLine, signal) => removeLeftovers(connections, machine, wanted, onLine, signal),
    removeFiles: (machine, paths, emptyFolders, signal) =>
      removeFiles(connections, machine, paths, emptyFolders, signal),
    removeService: (machine, unit, signal) => removeService(connections, machine, unit, signal),
    reloadService: (machine, unit, signal) => reloadService(connections, machine, unit, signal),
  };

  return {
    connect: (machine, signal) => connections.prepare(machine, signal),
    machines,
    docker: dockerPort(clients),
    async tunnel(machine, host, port, signal) {
      const connection = await connections.connect(machine, signal);
      return connection.openTcp(host, port, signal);
    },
    async [Symbol.asyncDispose]() {
      clients[Symbol.dispose]();
      await connections[Symbol.asyncDispose]();
    },
  };
}
