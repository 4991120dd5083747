import type { SlipwayError } from '#shared/errors/define.ts';
import { dockerErrors } from '#shared/errors/docker.ts';

/** What dockerode's errors carry: Docker's HTTP answer. */
interface Answer {
  readonly status: number | undefined;
  readonly message: string;
}

export function answerOf(thrown: unknown): Answer {
  if (!(thrown instanceof Error)) return { status: undefined, message: String(thrown) };
  const status = 'statusCode' in thrown && typeof thrown.statusCode === 'number' ? thrown.statusCode : undefined;
  const body = 'json' in thrown ? thrown.json : undefined;
  if (typeof body === 'object' && body !== null && 'message' in body && typeof body.message === 'string')
    return { status, message: body.message };
  // For a stream dockerode has no body, only its own sentence around it.
  return { status, message: thrown.message.replace(/^\(HTTP code \d+\) .*? - /, '').trim() };
}

/**
 * A call about one container that Docker did not answer with yes.
 * @param what an action for the sentence "could not …": "start etcd".
 */
export function callError(thrown: unknown, machine: string, container: string, what: string): SlipwayError {
  const { status, message } = answerOf(thrown);
  const context = { target: machine, cause: thrown };
  if (status === undefined) return dockerErrors.connection_lost({ machine }, context);
  if (/no space left on device/i.test(message)) return dockerErrors.disk_full({ machine, what }, context);
  if (status === 404 && /^No such image/i.test(message))
    return dockerErrors.image_absent({ machine, image: message.replace(/^No such image:\s*/i, '') }, context);
  if (status === 404) return dockerErrors.container_missing({ machine, container }, context);
  if (status === 409 && /is already in use by container/.test(message))
    return dockerErrors.name_taken({ machine, container }, context);
  if (status === 409 && /is not running/.test(message))
    return dockerErrors.container_not_running({ machine, container }, context);
  const params = { machine, what, status, reason: message };
  return status >= 500 ? dockerErrors.server_error(params, context) : dockerErrors.call_failed(params, context);
}

/** Docker hands a registry's answer on as text only, in the stream or with status 404 and 500: this is the one place. */
export function pullError(thrown: unknown, machine: string, image: string): SlipwayError {
  const { message } = answerOf(thrown);
  const context = { target: machine, cause: thrown };
  const reason = message.trim();
  if (/no space left on device/i.test(reason)) return dockerErrors.disk_full({ machine, what: image }, context);
  if (/toomanyrequests|too many requests/i.test(reason)) return dockerErrors.registry_busy({ machine, image }, context);
  if (/x509:|tls: |server gave HTTP response to HTTPS client/i.test(reason))
    return dockerErrors.registry_untrusted({ machine, image, reason }, context);
  // Docker Hub says this of what does not exist as well as of what is private.
  if (/pull access denied/i.test(reason)) return dockerErrors.image_missing({ machine, image }, context);
  if (/unauthorized|no basic auth credentials|incorrect username or password|denied: /i.test(reason))
    return dockerErrors.login_refused({ machine, image }, context);
  if (/manifest unknown|not found|name unknown/i.test(reason))
    return dockerErrors.image_missing({ machine, image }, context);
  if (/dial tcp|connection refused|no such host|timeout|deadline exceeded|EOF|connection reset/i.test(reason))
    return dockerErrors.registry_unreachable({ machine, image, reason }, context);
  return callError(thrown, machine, image, `pull ${image}`);
}
