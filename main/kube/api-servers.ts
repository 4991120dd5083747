import { errorData, hasCode, SlipwayError } from '#shared/errors/define.ts';
import { kubeErrors } from '#shared/errors/kube.ts';
import { withProblems } from '#shared/errors/problems.ts';
import type { HttpAnswer, HttpRequest, HttpsConnections, HttpStream } from './https-connections.ts';

/**
 * The control plane as one: a request goes to the machine that answered last, and to the next one when that one does
 * not answer. Safe because every request that we make may be made twice.
 */
export class ApiServers {
  readonly #connections: HttpsConnections;
  readonly #machines: () => readonly string[];
  #preferred: string | undefined;

  constructor(connections: HttpsConnections, machines: () => readonly string[]) {
    this.#connections = connections;
    this.#machines = machines;
  }

  /** @throws `kube.unreachable` naming every machine tried, `kube.unauthorised`, `kube.tls`. */
  async send(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    return this.#onAny(request.path, (machine) => this.#connections.send(machine, request, signal), signal);
  }

  async open(path: string, signal: AbortSignal): Promise<HttpStream> {
    return this.#onAny(path, (machine) => this.#connections.open(machine, path, signal), signal);
  }

  /** One machine only, its failures as they are. */
  async sendTo(machine: string, request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    return this.#connections.send(machine, request, signal);
  }

  async #onAny<A extends { readonly status: number }>(
    path: string,
    ask: (machine: string) => Promise<A>,
    signal: AbortSignal,
  ): Promise<A> {
    const faults: { machine: string; error: unknown }[] = [];
    for (const machine of this.#order()) {
      signal.throwIfAborted();
      try {
        const answer = await askTwice(machine, ask);
        if (answer.status === 401) throw kubeErrors.unauthorised({ machine, what: path });
        this.#preferred = machine;
        return answer;
      } catch (error) {
        signal.throwIfAborted();
        if (isFinding(error)) throw error;
        faults.push({ machine, error });
      }
    }
    throw unreachable(faults);
  }

  #order(): readonly string[] {
    const machines = this.#machines();
    const first = this.#preferred;
    return first !== undefined && machines.includes(first)
      ? [first, ...machines.filter((machine) => machine !== first)]
      : machines;
  }
}

/** A kept connection may have been closed by the server at the moment we used it: that says nothing about the server. */
async function askTwice<A>(machine: string, ask: (machine: string) => Promise<A>): Promise<A> {
  try {
    return await ask(machine);
  } catch (error) {
    if (error instanceof SlipwayError || !isClosedConnection(error)) throw error;
    return ask(machine);
  }
}

function isClosedConnection(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^(UND_ERR_SOCKET|ECONNRESET|EPIPE)$/.test(String(error.code));
}

/** What another machine must not be asked to paper over. */
function isFinding(error: unknown): boolean {
  return ['kube.tls', 'kube.unauthorised', 'ssh.host_key_changed'].some((code) => hasCode(error, code));
}

function unreachable(faults: readonly { readonly machine: string; readonly error: unknown }[]): Error {
  const first = faults[0]?.error;
  // Nothing to wait for: the reason itself says more than "unreachable".
  if (first instanceof SlipwayError && faults.every(({ error }) => isHopeless(error))) return first;
  const machines =
    faults.length === 0 ? 'any machine (there is no control plane)' : faults.map((f) => f.machine).join(', ');
  return withProblems(
    kubeErrors.unreachable({ machines }),
    faults.map(({ machine, error }) => ({ ...transportFault(error), target: machine })),
  );
}

function isHopeless(error: unknown): boolean {
  return error instanceof SlipwayError && error.data.retry === 'never';
}

/** Network faults of Node and undici are no faults of Slipway: they get no stack and no request to report them. */
function transportFault(error: unknown) {
  if (error instanceof SlipwayError) return errorData(error);
  return kubeErrors.connection_failed({ reason: error instanceof Error ? error.message : String(error) }).data;
}
