import type { Duplex } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import type { Client, ClientChannel } from 'ssh2';
import { sshErrors } from '#shared/errors/ssh.ts';
import type { SlipwayError } from '#shared/errors/define.ts';
import { channelRefusal, refusalOf } from './classify.ts';
import { dial, type DialWith } from './dial.ts';
import type { Endpoint } from './settings.ts';
import { Slots } from './slots.ts';

export interface Execution {
  /** Written to the command's standard input, which is closed afterwards. */
  readonly input?: Uint8Array;
  /** Each line of standard output as it comes; `output` has them all the same. */
  readonly onLine?: (line: string) => void;
}

export interface Executed {
  /** -1 when a signal ended it. */
  readonly exitCode: number;
  readonly output: Buffer;
  /** Last lines of standard error. */
  readonly errorLines: readonly string[];
}

export interface Session {
  readonly channel: ClientChannel;
  readonly release: () => void;
}

/** OpenSSH allows 10 sessions per connection (MaxSessions); two are left to others behind the same bastion user. */
const mostSessions = 8;
/**
 * So long a command waits where sshd refuses sessions: its MaxSessions is lower than ours, or those that have just
 * ended still count, because it clears up only after it has read all that we sent.
 */
const longestRefusalMs = 20_000;
/** Forwarded streams are no sessions and have no limit of their own in sshd; this one is ours. */
const mostStreams = 64;

/** One SSH connection that carries commands, sockets and tunnels. Dead after the first loss: make a new one then. */
export class SshConnection implements AsyncDisposable {
  readonly endpoint: Endpoint;
  readonly #client: Client;
  readonly #sessions = new Slots(mostSessions);
  readonly #streams = new Slots(mostStreams);
  readonly #end = new AbortController();

  private constructor(client: Client, endpoint: Endpoint) {
    this.#client = client;
    this.endpoint = endpoint;
    client.on('error', (error) => this.#ended(this.#lost(error)));
    client.on('close', () => this.#ended(this.#lost()));
  }

  static async open(endpoint: Endpoint, how: DialWith): Promise<SshConnection> {
    return new SshConnection(await dial(endpoint, how), endpoint);
  }

  /** Aborts with the reason when the connection ends. */
  get ended(): AbortSignal {
    return this.#end.signal;
  }

  /**
   * Runs one command to its end. Waits for a free session. An aborted one gets SIGTERM and is left.
   * @throws `ssh.connection_lost`, `ssh.channel_refused`, the signal's reason.
   */
  async exec(command: string, { input, onLine }: Execution, signal: AbortSignal): Promise<Executed> {
    const { channel, release } = await this.openSession(command, signal);
    const { promise, resolve, reject } = Promise.withResolvers<Executed>();
    const chunks: Buffer[] = [];
    const lines = lineSplitter(onLine);
    const errors: string[] = [];
    const errorLines = lineSplitter((line) => errors.push(line) > 20 && errors.shift());
    const stop = () => {
      reject(signal.reason);
      if (!this.ended.aborted) channel.signal('TERM');
      channel.destroy();
    };
    signal.addEventListener('abort', stop, { once: true });
    channel.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      lines.push(chunk);
    });
    channel.stderr.on('data', (chunk: Buffer) => errorLines.push(chunk));
    channel.on('error', (error: Error) => reject(this.#lost(error)));
    channel.on('close', (code?: number | null) => {
      lines.end();
      errorLines.end();
      // Without an exit status it was not the command that ended (RFC 4254, 6.10).
      if (code === undefined) reject(this.#lost());
      else resolve({ exitCode: code ?? -1, output: Buffer.concat(chunks), errorLines: errors });
    });
    channel.end(input === undefined ? undefined : Buffer.from(input));
    return promise.finally(() => {
      signal.removeEventListener('abort', stop);
      release();
    });
  }

  /** A session that the caller talks to. `release` gives its place back. */
  async openSession(command: string, signal: AbortSignal): Promise<Session> {
    const release = await this.#sessions.take(signal);
    try {
      const refusedUntil = performance.now() + longestRefusalMs;
      for (let pauseMs = 10; ; pauseMs = Math.min(pauseMs * 2, 500)) {
        const channel = await this.#session(command, signal);
        if (channel) return { channel, release };
        const params = { address: this.endpoint.address, what: 'a command' };
        if (performance.now() > refusedUntil) throw sshErrors.channel_refused(params, { target: this.endpoint.name });
        await pause(pauseMs, undefined, { signal });
      }
    } catch (error) {
      release();
      signal.throwIfAborted(); // the timer has an error of its own for that
      throw error;
    }
  }

  /** @returns `undefined` when sshd refuses one more session just now. */
  async #session(command: string, signal: AbortSignal): Promise<ClientChannel | undefined> {
    try {
      return await this.#open<ClientChannel>((done) => this.#client.exec(command, done), signal);
    } catch (error) {
      if (refusalOf(error) === undefined) throw error;
      return undefined;
    }
  }

  /**
   * A stream to a Unix socket on the machine.
   * @returns `undefined` when sshd did not connect it: OpenSSH tells neither a forbidden from a missing socket.
   */
  async openUnix(path: string, signal: AbortSignal): Promise<Duplex | undefined> {
    try {
      return await this.#stream((done) => this.#client.openssh_forwardOutStreamLocal(path, done), signal);
    } catch (error) {
      if (refusalOf(error) === undefined) throw error;
      return undefined;
    }
  }

  /**
   * A tunnel to `host:port` as seen from the machine.
   * @throws `ssh.tunnel_refused` (nothing listens), `ssh.forwarding_denied`, `ssh.connection_lost`.
   */
  async openTcp(host: string, port: number, signal: AbortSignal): Promise<Duplex> {
    try {
      return await this.#stream((done) => this.#client.forwardOut('127.0.0.1', 0, host, port, done), signal);
    } catch (error) {
      const reason = refusalOf(error);
      if (reason === undefined) throw error;
      const params = { address: this.endpoint.address, target: `${host}:${port}` };
      const context = { target: this.endpoint.name, cause: error };
      if (reason === channelRefusal.connectFailed) throw sshErrors.tunnel_refused(params, context);
      throw sshErrors.forwarding_denied(params, context);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.ended.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#client.once('close', () => resolve());
    this.#ended(sshErrors.closed({ address: this.endpoint.address }, { target: this.endpoint.name }));
    this.#client.end();
    // A peer that is gone never answers the FIN.
    this.#client.destroy();
    await promise;
  }

  async #stream(open: (done: Opened<ClientChannel>) => void, signal: AbortSignal): Promise<Duplex> {
    const release = await this.#streams.take(signal);
    try {
      const channel = await this.#open(open, signal);
      channel.once('close', release);
      return channel;
    } catch (error) {
      release();
      throw error;
    }
  }

  /** One channel request, given up when the signal aborts or the connection ends. */
  async #open<T extends Duplex>(open: (done: Opened<T>) => void, signal: AbortSignal): Promise<T> {
    const either = AbortSignal.any([signal, this.ended]);
    either.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const onAbort = () => reject(either.reason);
    either.addEventListener('abort', onAbort, { once: true });
    try {
      open((error, channel) => {
        if (error) return reject(refusalOf(error) === undefined ? this.#lost(error) : error);
        if (either.aborted) channel.destroy(); // too late: nobody takes it
        resolve(channel);
      });
    } catch (error) {
      reject(this.#lost(error)); // ssh2 throws "Not connected" at once
    }
    return promise.finally(() => either.removeEventListener('abort', onAbort));
  }

  #ended(reason: SlipwayError): void {
    this.#end.abort(reason);
    this.#client.destroy();
  }

  #lost(cause?: unknown): SlipwayError {
    const { address, name } = this.endpoint;
    return sshErrors.connection_lost({ address }, cause === undefined ? { target: name } : { target: name, cause });
  }
}

type Opened<T> = (error: Error | undefined, channel: T) => void;

/** Whole lines out of chunks; without a listener it keeps nothing. */
function lineSplitter(onLine: ((line: string) => unknown) | undefined) {
  const decoder = new TextDecoder();
  let rest = '';
  return {
    push(chunk: Buffer): void {
      if (!onLine) return;
      const lines = (rest + decoder.decode(chunk, { stream: true })).split(/\r?\n|\r/);
      rest = lines.pop() ?? '';
      lines.forEach(onLine);
    },
    end(): void {
      if (onLine && rest !== '') onLine(rest);
      rest = '';
    },
  };
}
