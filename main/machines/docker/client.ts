import type http from 'node:http';
import type { Duplex } from 'node:stream';
import Docker from 'dockerode';
import { dockerErrors } from '#shared/errors/docker.ts';
import { SlipwayError } from '#shared/errors/define.ts';
import { aborting } from '../ssh/aborting.ts';
import type { MachineConnections } from '../ssh/connections.ts';
import type { SshConnection } from '../ssh/connection.ts';
import { bridgeToDocker, dockerSocket } from './bridge.ts';
import { answerOf } from './classify.ts';
import { httpAgentOver } from './http-agent.ts';

/** The newest Engine API that was tried with this code; an older daemon is talked to in its own. */
const newestApi = '1.47';

/** One dockerode client per machine, over that machine's SSH connection. The API version is agreed on once. */
export class DockerClients implements Disposable {
  readonly #connections: MachineConnections;
  readonly #clients = new Map<string, Promise<Docker>>();
  readonly #agents = new Map<string, http.Agent>();
  /** Connections on which sshd did not connect the socket and a bridge did. */
  readonly #bridged = new WeakSet<SshConnection>();
  readonly #end = new AbortController();

  constructor(connections: MachineConnections) {
    this.#connections = connections;
  }

  /**
   * One call to Docker on a machine. What the connection had to say is thrown as it is; Docker's own answers go through
   * `classify`.
   * @throws the signal's reason, `docker.not_running`, `docker.socket_denied`, `docker.connection_lost`; errors of
   *   `sshErrors`; whatever `classify` made.
   */
  async call<T>(
    machine: string,
    signal: AbortSignal,
    work: (docker: Docker) => Promise<T>,
    classify: (thrown: unknown) => SlipwayError,
  ): Promise<T> {
    const connection = await this.#connections.connect(machine, signal);
    try {
      const either = AbortSignal.any([signal, connection.ended]);
      const docker = await aborting(this.#client(machine), either);
      return await aborting(work(docker), either);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof SlipwayError) throw error;
      connection.ended.throwIfAborted();
      if (answerOf(error).status === undefined && isStreamFault(error))
        throw dockerErrors.connection_lost({ machine }, { target: machine, cause: error });
      throw classify(error);
    }
  }

  #client(machine: string): Promise<Docker> {
    const known = this.#clients.get(machine);
    if (known) return known;
    const negotiating = this.#negotiate(machine);
    this.#clients.set(machine, negotiating);
    negotiating.catch(() => this.#clients.delete(machine)); // asked again by the next call
    return negotiating;
  }

  [Symbol.dispose](): void {
    this.#end.abort(new Error('the run is over'));
    for (const agent of this.#agents.values()) agent.destroy();
  }

  async #negotiate(machine: string): Promise<Docker> {
    const agent = this.#agents.get(machine) ?? httpAgentOver(() => this.#open(machine));
    this.#agents.set(machine, agent);
    const { ApiVersion } = await dockerOver(agent).version();
    return dockerOver(agent, olderApi(ApiVersion, newestApi));
  }

  async #open(machine: string): Promise<Duplex> {
    const connection = await this.#connections.connect(machine, this.#end.signal);
    if (!this.#bridged.has(connection)) {
      const stream = await connection.openUnix(dockerSocket, this.#end.signal);
      if (stream) return stream;
    }
    const stream = await bridgeToDocker(connection, machine, this.#end.signal);
    this.#bridged.add(connection);
    // Each bridge is a session of sshd, and idle ones stay open: leave some for commands.
    const agent = this.#agents.get(machine);
    if (agent) agent.maxSockets = mostBridges;
    return stream;
  }
}

const mostBridges = 4;

/** Every option that dockerode would otherwise take from DOCKER_HOST and its relatives is given. */
function dockerOver(agent: http.Agent, version?: string): Docker {
  const options = { protocol: 'http', host: 'docker', port: 80, agent, version, timeout: undefined } as const;
  return new Docker({ ...options, ca: undefined, cert: undefined, key: undefined, username: undefined });
}

/** `1.41` is older than `1.9` only as text. */
export function olderApi(one: string, other: string): string {
  const minor = (version: string) => Number(version.split('.')[1]);
  return `v${minor(one) < minor(other) ? one : other}`;
}

/** Node's own errors about a stream carry a code; Docker's answers carry a status instead. */
function isStreamFault(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string';
}
