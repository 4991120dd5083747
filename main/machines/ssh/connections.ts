import type { Duplex } from 'node:stream';
import { sshErrors } from '#shared/errors/ssh.ts';
import { aborting } from './aborting.ts';
import type { ResolveSecret } from './authentication.ts';
import { SshConnection } from './connection.ts';
import type { ApproveHostKey, KnownHosts } from './known-hosts.ts';
import type { ConnectionSettings, Endpoint } from './settings.ts';

/** Of all machines that may be asked for, by name. */
export type Settings = Pick<ReadonlyMap<string, ConnectionSettings>, 'get'>;

export interface ConnectionOptions {
  readonly settings: Settings;
  readonly knownHosts: KnownHosts;
  readonly resolveSecret: ResolveSecret;
  readonly approveHostKey: ApproveHostKey;
  readonly connectMs: number;
}

/**
 * One SSH connection per machine, made on first use, made again after a loss by the next call. Machines with the same
 * bastion share the connection to it. One attempt is told to all who wait for it: asking twice for a machine that is
 * off takes no longer than once, and a refused login is not tried a second time (some machines ban for that).
 */
export class MachineConnections implements AsyncDisposable {
  readonly #options: ConnectionOptions;
  readonly #open = new Map<string, Promise<SshConnection>>();
  readonly #end = new AbortController();

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  /** @throws errors of `sshErrors`; the signal's reason. The dialling itself goes on for others who wait for it. */
  connect(machine: string, signal: AbortSignal): Promise<SshConnection> {
    const settings = this.#options.settings.get(machine);
    if (!settings) return Promise.reject(sshErrors.unknown_machine({ machine }));
    return aborting(this.#use(keyOf(machine), settings, settings.bastion), signal);
  }

  /** Makes the connection and leaves what came of it, good or bad, to the next `connect`. @throws as `connect`. */
  async prepare(machine: string, signal: AbortSignal): Promise<void> {
    const settings = this.#options.settings.get(machine);
    if (!settings) throw sshErrors.unknown_machine({ machine });
    await aborting(this.#begin(keyOf(machine), settings, settings.bastion), signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort(new Error('the run is over'));
    const all = await Promise.allSettled(this.#open.values());
    // Machines before bastions: they were opened in this order, and dispose in reverse.
    for (const one of all.reverse()) if (one.status === 'fulfilled') await one.value[Symbol.asyncDispose]();
  }

  async #use(key: string, endpoint: Endpoint, bastion?: Endpoint): Promise<SshConnection> {
    const opening = this.#begin(key, endpoint, bastion);
    try {
      const connection = await opening;
      if (!connection.ended.aborted) return connection;
    } catch (error) {
      this.#forget(key, opening);
      throw error;
    }
    // Lost since: several calls may come here, and the first of them dials.
    this.#forget(key, opening);
    return this.#use(key, endpoint, bastion);
  }

  #forget(key: string, opening: Promise<SshConnection>): void {
    if (this.#open.get(key) === opening) this.#open.delete(key);
  }

  #begin(key: string, endpoint: Endpoint, bastion?: Endpoint): Promise<SshConnection> {
    const existing = this.#open.get(key);
    if (existing) return existing;
    if (this.#end.signal.aborted) return Promise.reject(this.#end.signal.reason);
    const { knownHosts, resolveSecret, approveHostKey, connectMs } = this.#options;
    const opening = SshConnection.open(endpoint, {
      knownHosts,
      resolveSecret,
      approveHostKey,
      connectMs,
      openSocket: bastion && (() => this.#throughBastion(bastion, endpoint)),
      signal: this.#end.signal,
    });
    opening.catch(() => undefined); // whoever waits for it gets it, or the next who asks
    this.#open.set(key, opening);
    return opening;
  }

  async #throughBastion(bastion: Endpoint, { name, address, port }: Endpoint): Promise<Duplex> {
    const connection = await this.#use(`bastion ${bastion.user}@${bastion.address}:${bastion.port}`, bastion);
    const { connectMs } = this.#options;
    // sshd there would wait for a machine that is off as long as its kernel does: more than two minutes.
    const late = AbortSignal.timeout(connectMs);
    try {
      return await connection.openTcp(address, port, AbortSignal.any([this.#end.signal, late]));
    } catch (error) {
      if (!late.aborted || this.#end.signal.aborted) throw error;
      throw sshErrors.unreachable({ address, port, waitedMs: connectMs }, { target: name });
    }
  }
}

function keyOf(machine: string): string {
  return `machine ${machine}`;
}
