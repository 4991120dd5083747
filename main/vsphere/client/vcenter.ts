import { hasCode, type SlipwayError } from '#shared/errors/define.ts';
import { vsphereErrors } from '#shared/errors/vsphere.ts';
import { addressText, type VcenterAddress } from './address.ts';
import { child, textOf, type XmlElement } from './answer.ts';
import type { Trust } from './certificate.ts';
import { VcenterConnection, type HttpAnswer, type HttpRequest } from './connection.ts';
import { faultError, objectOfFault, type VimFault } from './fault.ts';
import { orAborted } from './or-aborted.ts';
import { objectsFilter, readObject } from './property-filter.ts';
import type { Ref } from './reference.ts';
import { readServiceContent, serviceInstance, type ServiceContent } from './service-content.ts';
import type { SessionCalls } from './session-calls.ts';
import { sendCall, type CallCost, type SoapAnswer, type VimCall } from './soap.ts';
import { Watches } from './watches.ts';

export interface VcenterOptions {
  readonly address: VcenterAddress;
  readonly trust: Trust;
  /** `http://user:password@proxy:3128` */
  readonly proxy?: string;
  /** As the person typed it: `name` (gets vCenter's default domain), `name@domain` or `domain\name`. */
  readonly user: string;
  /** Asked at each login, so that the password is in nobody's memory in between. */
  readonly password: () => Promise<string>;
  /** vCenter ends a session that is idle for 30 minutes. */
  readonly keepAliveMs?: number;
  readonly observe?: (cost: CallCost) => void;
}

interface Session {
  readonly cookie: string;
  /** `UserSession.key`, which some methods want as `sessionId`. */
  readonly key: string;
  /** As vCenter writes it: `VSPHERE.LOCAL\Administrator`. */
  readonly userName: string;
}

const keepAliveMs = 5 * 60_000;
/** For one call. A vCenter that ends every session at once is not to be logged in to for ever. */
const mostLogins = 5;
const logoutMs = 5_000;
const nameMs = 5_000;

/** Types whose objects have a name that a person knows. */
const named = new Set([
  ...['Folder', 'Datacenter', 'ClusterComputeResource', 'ComputeResource', 'HostSystem', 'ResourcePool', 'VirtualApp'],
  ...['Datastore', 'StoragePod', 'Network', 'DistributedVirtualPortgroup', 'OpaqueNetwork', 'VirtualMachine'],
]);

/** One vCenter and our session with it. The session is opened again by itself when vCenter has ended it. */
export class Vcenter implements SessionCalls, AsyncDisposable {
  readonly content: ServiceContent;
  readonly address: string;
  readonly watches: Watches;
  readonly #options: VcenterOptions;
  readonly #connection: VcenterConnection;
  readonly #closed = new AbortController();
  readonly #tidies: ((signal: AbortSignal) => Promise<void>)[] = [];
  readonly #keepAlive: NodeJS.Timeout;
  #session: Session | undefined;
  #loggingIn: Promise<Session> | undefined;
  #refused: SlipwayError | undefined;

  private constructor(options: VcenterOptions, connection: VcenterConnection, content: ServiceContent) {
    this.#options = options;
    this.#connection = connection;
    this.content = content;
    this.address = addressText(options.address);
    this.watches = new Watches(this);
    this.#keepAlive = setInterval(() => {
      // Whoever calls next learns what is wrong; a keep-alive has nobody to tell.
      this.call({ method: 'CurrentTime', target: serviceInstance }, this.#closed.signal).catch(() => {});
    }, options.keepAliveMs ?? keepAliveMs).unref();
  }

  /**
   * Verifies the server, then logs in.
   * @throws `vsphere.certificate_…`, `.unreachable`, `.not_vcenter`, `.login_refused` and others; the signal's reason.
   */
  static async open(options: VcenterOptions, signal: AbortSignal): Promise<Vcenter> {
    const connection = new VcenterConnection(options);
    try {
      const content = await askContent(connection, options, signal);
      const vcenter = new Vcenter(options, connection, content);
      try {
        await vcenter.session(signal);
        return vcenter;
      } catch (error) {
        await vcenter[Symbol.asyncDispose]();
        throw error;
      }
    } catch (error) {
      await connection[Symbol.asyncDispose]();
      throw error;
    }
  }

  /**
   * Calls a method and answers its `…Response` element. Logs in again and repeats the call when the session has ended:
   * vCenter has not run it then.
   * @throws what `faultError` makes of the fault; network errors; the signal's reason.
   */
  async call(call: VimCall, signal: AbortSignal): Promise<XmlElement> {
    for (let logins = 1; ; logins += 1) {
      try {
        return await this.callInSession(call, signal);
      } catch (error) {
        if (logins > mostLogins || !hasCode(error, 'vsphere.session_expired')) throw error;
      }
    }
  }

  /**
   * As `call`, for what belongs to one session (a view, a collector, a page token): a new session knows none of them, so
   * the caller has to begin again when this throws `vsphere.session_expired`.
   */
  async callInSession(call: VimCall, signal: AbortSignal): Promise<XmlElement> {
    const session = await this.#opened(signal);
    const answer = await this.#send(call, session.cookie, signal);
    if (answer.kind === 'result') return answer.element;
    if (answer.fault.type === 'NotAuthenticated' && this.#session === session) this.#session = undefined;
    throw await this.faultError(answer.fault, call.what ?? call.method, call.target);
  }

  /**
   * Any other HTTP request, on the same verified connections: datastore files and the REST API.
   * @param access `session`: with our session's cookie, and again with a new one when vCenter answers 401. `password`: HTTP
   *   Basic, as the REST API wants it for a session of its own; 401 then means that it refuses the login. `none`: only
   *   the headers given.
   * @throws as the connection does, `vsphere.login_refused`. Never for another status.
   */
  async request(
    request: HttpRequest,
    access: 'session' | 'password' | 'none',
    signal: AbortSignal,
  ): Promise<HttpAnswer> {
    if (access === 'none') return await this.#connection.request(request, signal);
    if (access === 'password') return await this.#requestWithPassword(request, signal);
    const answer = await this.#requestInSession(request, signal);
    return answer.status === 401 ? await this.#requestInSession(request, signal) : answer;
  }

  async #requestInSession(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    const session = await this.#opened(signal);
    const headers = { ...request.headers, cookie: session.cookie };
    const answer = await this.#connection.request({ ...request, headers }, signal);
    if (answer.status === 401 && this.#session === session) this.#session = undefined;
    return answer;
  }

  async #requestWithPassword(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    if (this.#refused) throw this.#refused;
    const { user, password } = this.#options;
    // The default domain of a bare name is SOAP's; its session tells the whole name.
    const name = /[@\\]/.test(user) ? user : (await this.#opened(signal)).userName;
    const pair = Buffer.from(`${name}:${await password()}`).toString('base64');
    const headers = { ...request.headers, authorization: `Basic ${pair}` };
    const answer = await this.#connection.request({ ...request, headers }, signal);
    if (answer.status !== 401) return answer;
    // Who asked does not ask again; what SOAP accepted goes on.
    throw vsphereErrors.login_refused({ address: this.address, user: name });
  }

  /** For what has to be said to vCenter before the connections go: the logout of the REST session. */
  beforeClose(tidy: (signal: AbortSignal) => Promise<void>): void {
    this.#tidies.push(tidy);
  }

  /** The session's key and user, for methods that want them. */
  async session(signal: AbortSignal): Promise<{ readonly key: string; readonly userName: string }> {
    const { key, userName } = await this.#opened(signal);
    return { key, userName };
  }

  /**
   * An error for a fault, with the name of the object it is about where we may read it.
   * @param target What the call or task was about, for faults that name nothing.
   */
  async faultError(fault: VimFault, what: string, target: Ref, task?: Ref): Promise<SlipwayError> {
    const object = objectOfFault(fault) ?? target;
    // Without a session there is nothing to ask with, and the name is of no interest.
    const text = fault.type === 'NotAuthenticated' ? `${object.type} ${object.id}` : await this.describe(object);
    return faultError(fault, { what, address: this.address, object: text, ...(task ? { task: task.id } : {}) });
  }

  /** As errors call it: with its name where we may read it. */
  async describe(object: Ref): Promise<string> {
    const name = await this.#nameOf(object);
    return name === undefined ? `${object.type} ${object.id}` : `${object.type} "${name}" (${object.id})`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#keepAlive);
    const opened = this.#session ?? this.#loggingIn;
    this.#closed.abort(vsphereErrors.closed({ address: this.address }));
    await Promise.allSettled(this.#tidies.map((tidy) => tidy(AbortSignal.timeout(logoutMs))));
    try {
      const session = await opened;
      if (session) await this.#logout(session);
    } catch {
      // There was no session, or vCenter is gone: it ends the session itself when it is idle.
    }
    await this.#connection[Symbol.asyncDispose]();
  }

  async #logout({ cookie }: Session): Promise<void> {
    const call = { method: 'Logout', target: this.content.sessionManager };
    await this.#send(call, cookie, AbortSignal.timeout(logoutMs));
  }

  /** One login at a time, however many calls wait for it. */
  async #opened(signal: AbortSignal): Promise<Session> {
    this.#closed.signal.throwIfAborted();
    if (this.#refused) throw this.#refused;
    if (this.#session) return this.#session;
    this.#loggingIn ??= this.#login().finally(() => (this.#loggingIn = undefined));
    return await orAborted(this.#loggingIn, signal);
  }

  async #login(): Promise<Session> {
    const { user, password } = this.#options;
    const args = { userName: user, password: await password() };
    const call: VimCall = { method: 'Login', target: this.content.sessionManager, args, what: `log in as ${user}` };
    const answer = await this.#send(call, undefined, this.#closed.signal);
    if (answer.kind === 'fault') throw await this.#loginError(answer.fault);
    const key = textOf(child(answer.element, 'returnval', 'key'));
    const userName = textOf(child(answer.element, 'returnval', 'userName')) ?? user;
    if (key === undefined || answer.cookie === undefined) {
      throw vsphereErrors.not_vcenter({ address: this.address, reason: 'it gives no session' });
    }
    this.#session = { cookie: answer.cookie, key, userName };
    return this.#session;
  }

  async #loginError(fault: VimFault): Promise<SlipwayError> {
    if (fault.type !== 'InvalidLogin') return await this.faultError(fault, 'log in', this.content.sessionManager);
    // Every further try with this password would bring the account nearer to being locked.
    this.#refused = vsphereErrors.login_refused({ address: this.address, user: this.#options.user });
    return this.#refused;
  }

  #send(call: VimCall, cookie: string | undefined, signal: AbortSignal): Promise<SoapAnswer> {
    const { address, content } = this;
    const observe = this.#options.observe ?? (() => undefined);
    return sendCall(this.#connection, call, { address, apiVersion: content.apiVersion, cookie, observe }, signal);
  }

  /** `undefined` when we may not read it, or it is gone: then its id has to do. */
  async #nameOf(object: Ref): Promise<string | undefined> {
    if (!this.#session || !named.has(object.type)) return undefined;
    const args = { specSet: objectsFilter([object], [{ type: object.type, paths: ['name'] }]), options: {} };
    const call = { method: 'RetrievePropertiesEx', target: this.content.propertyCollector, args };
    try {
      const answer = await this.#send(call, this.#session.cookie, AbortSignal.timeout(nameMs));
      const content = answer.kind === 'result' ? child(answer.element, 'returnval', 'objects') : undefined;
      return textOf(content && readObject(content)?.values.get('name'));
    } catch {
      return undefined; // the error that it was for is the one to show
    }
  }
}

/**
 * What this server is and where its parts are. Needs no login, and no password has been asked for yet.
 */
async function askContent(
  connection: VcenterConnection,
  { address: at, observe = () => undefined }: VcenterOptions,
  signal: AbortSignal,
): Promise<ServiceContent> {
  const address = addressText(at);
  const call = { method: 'RetrieveServiceContent', target: serviceInstance };
  const answer = await sendCall(connection, call, { address, apiVersion: '', cookie: undefined, observe }, signal);
  const content = answer.kind === 'result' ? readServiceContent(answer.element) : undefined;
  if (content) return content;
  const reason = answer.kind === 'fault' ? answer.fault.message : 'it has no service content';
  throw vsphereErrors.not_vcenter({ address, reason });
}
