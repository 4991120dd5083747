import http from 'node:http';
import type { Duplex } from 'node:stream';
import { inspect } from 'node:util';

declare module 'node:http' {
  interface Agent {
    /** What every request with this agent goes through. As old as agents, but not in the published types. */
    addRequest(request: http.ClientRequest, options: object): void;
  }
}

/** Streams kept open per machine. More calls at a time wait for one. */
const mostSockets = 24;

/**
 * HTTP over streams that `open` makes. Kept alive, so that a second call costs one round trip and no new channel.
 * @param open answers a fresh stream to the server.
 */
export function httpAgentOver(open: () => Promise<Duplex>): http.Agent {
  const agent = new StreamAgent({ keepAlive: true, maxSockets: mostSockets });
  agent.createConnection = (_options, done) => {
    open().then(
      (stream) => done?.(null, asSocket(stream)),
      // Node's type wants a stream here even with an error; there is none.
      (error: unknown) => done?.(error instanceof Error ? error : new Error(String(error)), undefined as never),
    );
    return undefined;
  };
  // An idle channel must be read, or nobody notices that the server closed it (a restarted dockerd), and the next call
  // would be sent into it.
  agent.on('free', (socket: Duplex) => socket.resume());
  return agent;
}

class StreamAgent extends http.Agent {
  /**
   * docker-modem listens to a request's errors only, so an answer that breaks off after its head would never end the
   * call (Docker sends the head of "wait" at once, and the rest when the container ends).
   */
  override addRequest(request: http.ClientRequest, options: object): void {
    request.once('response', (response) => response.once('error', (error) => request.emit('error', error)));
    super.addRequest(request, options);
  }

  /**
   * docker-modem renders its options to the last hidden property before each request, wanted or not: through the agent
   * that was the SSH connection with all its keys, half of a run's processor time and a third of its memory.
   */
  [inspect.custom](): string {
    return 'StreamAgent';
  }
}

/** The methods of net.Socket that Node's HTTP client calls; they mean nothing on an SSH channel. */
function asSocket(stream: Duplex): Duplex {
  const nothing = () => stream;
  stream.once('end', () => stream.destroy());
  return Object.assign(stream, {
    setKeepAlive: nothing,
    setNoDelay: nothing,
    setTimeout: nothing,
    ref: nothing,
    unref: nothing,
    destroySoon: () => stream.destroy(),
  });
}
