import * as v from 'valibot';
import { hasCode, type SlipwayError } from '#shared/errors/define.ts';
import { vsphereErrors } from '#shared/errors/vsphere.ts';
import type { HttpAnswer, HttpRequest } from '../client/connection.ts';
import { orAborted } from '../client/or-aborted.ts';
import type { Vcenter } from '../client/vcenter.ts';
import { restError } from './rest-error.ts';

export interface RestRequest<T> {
  readonly method: HttpRequest['method'];
  /** Below `/rest`, with the query. Ids in it escaped by `restId`. */
  readonly path: string;
  readonly body?: unknown;
  /** What the answer's `value` has to be. Unknown keys are left out. */
  readonly answer: v.GenericSchema<unknown, T>;
  /** What it is for, as a person says it: "make the tag c-abcde". */
  readonly what: string;
  /** What it is about, for errors: "tag category slipway-run". Asked for only when there is one. */
  readonly object: string | (() => Promise<string>);
  /** That this request needs, for the error when vCenter refuses it: REST does not say which one is missing. */
  readonly privilege?: string;
  /** A call that answers when something has been done, or after so long. */
  readonly waitsMs?: number;
}

/** The REST API of a vCenter (`/rest/com/vmware/…`, vSphere 6.5 and newer), in a session of its own. */
export interface Rest {
  /**
   * Answers the `value` of the answer. Logs in first, and once more when vCenter has ended the session: it has not run the
   * request then.
   * @throws `vsphere.no_rest`, what `restError` makes of the answer, what the connection throws; the signal's reason.
   */
  send<T>(request: RestRequest<T>, signal: AbortSignal): Promise<T>;
}

/** What REST needs of a vCenter. */
export type RestServer = Pick<Vcenter, 'address' | 'content' | 'request' | 'beforeClose'>;

const opened = new WeakMap<RestServer, Rest>();

/** One session per vCenter, however many parts of us use it. Nothing is sent before the first request. */
export function openRest(vcenter: RestServer): Rest {
  const known = opened.get(vcenter);
  if (known) return known;
  const made = newRest(vcenter);
  opened.set(vcenter, made);
  return made;
}

/** An id in a path. */
export function restId(id: string): string {
  return `id:${encodeURIComponent(id)}`;
}

/** For answers that say nothing. */
export const nothing = v.optional(v.unknown());

const sessionPath = '/rest/com/vmware/cis/session';
const sessionHeader = 'vmware-api-session-id';

function newRest(vcenter: RestServer): Rest {
  let session: string | undefined;
  let loggingIn: Promise<string> | undefined;
  let refused: SlipwayError | undefined;
  vcenter.beforeClose(async (signal) => {
    const ending = session ?? (await loggingIn);
    if (ending === undefined) return;
    const headers = { [sessionHeader]: ending };
    await vcenter.request({ method: 'DELETE', path: sessionPath, headers }, 'none', signal);
  });

  const login = async (what: string): Promise<string> => {
    try {
      // Whoever gives up first must not take the login away from the others.
      session = await logIn(vcenter, what, new AbortController().signal);
      return session;
    } catch (error) {
      // Every further try with this password would bring the account nearer to being locked.
      if (hasCode(error, 'vsphere.login_refused')) refused = error;
      throw error;
    } finally {
      loggingIn = undefined;
    }
  };
  const openSession = async (what: string, signal: AbortSignal): Promise<string> => {
    if (refused) throw refused;
    if (session !== undefined) return session;
    loggingIn ??= login(what);
    return await orAborted(loggingIn, signal);
  };

  const sendOnce = async <T>(request: RestRequest<T>, signal: AbortSignal): Promise<HttpAnswer> => {
    const id = await openSession(request.what, signal);
    const answer = await vcenter.request(httpRequest(request, id), 'none', signal);
    if (answer.status === 401 && session === id) session = undefined;
    return answer;
  };

  return {
    async send(request, signal) {
      const first = await sendOnce(request, signal);
      const answer = first.status === 401 ? await sendOnce(request, signal) : first;
      return valueOf(answer, { ...request, object: await objectIn(answer, request.object) }, vcenter);
    },
  };
}

function httpRequest<T>({ method, path, body, waitsMs }: RestRequest<T>, session: string): HttpRequest {
  const headers = { accept: 'application/json', [sessionHeader]: session };
  return {
    method,
    path: `/rest${path}`,
    headers: body === undefined ? headers : { ...headers, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(waitsMs === undefined ? {} : { waitsMs }),
  };
}

async function logIn(vcenter: RestServer, what: string, signal: AbortSignal): Promise<string> {
  const noRest = () =>
    vsphereErrors.no_rest({ address: vcenter.address, product: vcenter.content.fullName || 'unknown product', what });
  // An ESXi host has a web server, whose answer to this is none of ours to guess.
  if (vcenter.content.apiType === 'HostAgent') throw noRest();
  const request = { method: 'POST' as const, path: sessionPath, headers: { accept: 'application/json' } };
  const answer = await vcenter.request(request, 'password', signal);
  if (answer.status === 404 || answer.status === 405 || answer.status === 501) throw noRest();
  const object = `the REST API of ${vcenter.address}`;
  return valueOf(answer, { answer: v.string(), what: `log in to ${object}`, object }, vcenter);
}

function valueOf<T>(
  answer: HttpAnswer,
  request: Pick<RestRequest<T>, 'answer' | 'what' | 'privilege'> & { readonly object: string },
  { address }: RestServer,
): T {
  if (!isSuccess(answer)) throw restError(answer, request, address);
  const parsed = v.safeParse(request.answer, valueIn(answer.body));
  if (parsed.success) return parsed.output;
  const reason = `its answer to "${request.what}" is not what the REST API documents`;
  throw vsphereErrors.not_vcenter({ address, reason });
}

async function objectIn(answer: HttpAnswer, object: RestRequest<unknown>['object']): Promise<string> {
  if (typeof object === 'string') return object;
  return isSuccess(answer) ? '' : await object();
}

function isSuccess({ status }: HttpAnswer): boolean {
  return status >= 200 && status <= 299;
}

/** An empty list may be left out or null, and an answer that says nothing has no body. */
function valueIn(body: string): unknown {
  if (body.trim() === '') return undefined;
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === 'object' && parsed !== null && 'value' in parsed ? (parsed.value ?? undefined) : undefined;
  } catch {
    return Symbol('no JSON'); // fits no schema but `nothing`
  }
}
