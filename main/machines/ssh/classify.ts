import type { SlipwayError } from '#shared/errors/define.ts';
import { sshErrors } from '#shared/errors/ssh.ts';
import { isAgentFault, type Login } from './authentication.ts';
import type { Endpoint } from './settings.ts';

/**
 * Why no connection came about, from ssh2's `level` and the system's `code`; never from texts.
 * @param waitedMs at most the connect deadline: a router may answer for a machine that is off before that.
 */
export function connectError(thrown: unknown, endpoint: Endpoint, login: Login, waitedMs: number): SlipwayError {
  const { address, port } = endpoint;
  const context = { target: endpoint.name, cause: thrown };
  const { level, code } = marks(thrown);
  // The login was under way: whatever ends it now is the server's no (OpenSSH: "Too many authentication failures").
  if (level === 'client-authentication' || isAgentFault(thrown) || (login.started() && code === tooManyFailures))
    return login.rejection(thrown);
  switch (code) {
    case 'ECONNREFUSED':
      return sshErrors.refused({ address, port }, context);
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return sshErrors.address_unknown({ address }, context);
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return sshErrors.unreachable({ address, port, waitedMs }, context);
    case 'ECONNRESET':
    case 'EPIPE':
      return sshErrors.not_ssh({ address, port }, context);
  }
  const reason = thrown instanceof Error ? thrown.message : String(thrown);
  switch (level) {
    case 'client-timeout':
      return sshErrors.unreachable({ address, port, waitedMs }, context);
    case 'client-dns':
      return sshErrors.address_unknown({ address }, context);
    case 'protocol':
      return sshErrors.not_ssh({ address, port }, context);
    case 'handshake':
      return sshErrors.handshake_failed({ address, reason }, context);
    default:
      return sshErrors.unexpected({ address, reason }, context);
  }
}

/** RFC 4253, 11.1: SSH_DISCONNECT_PROTOCOL_ERROR, which OpenSSH sends when MaxAuthTries is reached. */
const tooManyFailures = 2;

/** RFC 4254, 5.1: why a channel was not opened. */
export const channelRefusal = { prohibited: 1, connectFailed: 2, unknownType: 3, resources: 4 } as const;

/** The reason code of a refused channel, `undefined` when it was not the server that refused. */
export function refusalOf(thrown: unknown): number | undefined {
  if (!(thrown instanceof Error) || !('reason' in thrown)) return undefined;
  return typeof thrown.reason === 'number' ? thrown.reason : undefined;
}

function marks(thrown: unknown): { readonly level: unknown; readonly code: unknown } {
  if (!(thrown instanceof Error)) return { level: undefined, code: undefined };
  return { level: 'level' in thrown ? thrown.level : undefined, code: 'code' in thrown ? thrown.code : undefined };
}
