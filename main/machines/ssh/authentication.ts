import ssh2 from 'ssh2';
import type { AnyAuthMethod, AuthenticationType, AuthHandlerMiddleware, ParsedKey } from 'ssh2';
import { sshErrors } from '#shared/errors/ssh.ts';
import type { SlipwayError } from '#shared/errors/define.ts';
import { readCertificate, type UserCertificate } from './certificate.ts';
import type { Endpoint } from './settings.ts';

/** Resolves a secret reference of the spec. Throws naming the reference, never the value. */
export type ResolveSecret = (reference: string) => Promise<string>;

/** One login attempt: what to try, and what its failure means. */
export interface Login {
  readonly authHandler: AuthHandlerMiddleware;
  readonly certificate: UserCertificate | undefined;
  /** The server has told what it offers: what ends the connection from now on is about the login. */
  started(): boolean;
  /** What it means that the server refused us. */
  rejection(cause: unknown): SlipwayError;
}

/**
 * Reads the secrets and prepares exactly one method: trying several only gets us banned.
 * @throws `ssh.key_unreadable`, `ssh.certificate_unreadable`, `ssh.agent_missing`; whatever `resolveSecret` throws.
 */
export async function prepareLogin(endpoint: Endpoint, resolveSecret: ResolveSecret): Promise<Login> {
  const { auth, address, user } = endpoint;
  const target = { target: endpoint.name };
  switch (auth.kind) {
    case 'key': {
      const key = parseKey(
        await resolveSecret(auth.key),
        auth.passphrase === undefined ? undefined : await resolveSecret(auth.passphrase),
      );
      if (!key) throw sshErrors.key_unreadable({ key: auth.key }, target);
      const certificate =
        auth.certificate === undefined ? undefined : readCertificate(await resolveSecret(auth.certificate), key);
      if (auth.certificate !== undefined && !certificate)
        throw sshErrors.certificate_unreadable({ certificate: auth.certificate }, target);
      const rejected = certificate ? sshErrors.certificate_rejected : sshErrors.key_rejected;
      const method: AnyAuthMethod = { type: 'publickey', username: user, key };
      return login(endpoint, 'publickey', [method], certificate, (cause) =>
        rejected({ address, user }, { ...target, cause }),
      );
    }
    case 'agent': {
      const socket = auth.socket ?? process.env['SSH_AUTH_SOCK'];
      if (socket === undefined || socket === '') throw sshErrors.agent_missing({ address }, target);
      const method: AnyAuthMethod = { type: 'agent', username: user, agent: socket };
      return login(endpoint, 'publickey', [method], undefined, (cause) =>
        isAgentFault(cause)
          ? sshErrors.agent_failed({ address, socket }, { ...target, cause })
          : sshErrors.key_rejected({ address, user }, { ...target, cause }),
      );
    }
    case 'password': {
      const password = await resolveSecret(auth.password);
      const methods: AnyAuthMethod[] = [
        { type: 'password', username: user, password },
        {
          type: 'keyboard-interactive',
          username: user,
          prompt: (_name, _instructions, _language, prompts, finish) => finish(prompts.map(() => password)),
        },
      ];
      return login(endpoint, 'password', methods, undefined, (cause) =>
        sshErrors.password_rejected({ address, user }, { ...target, cause }),
      );
    }
  }
}

/** Whether what ssh2 threw came from the agent and not from the server. */
export function isAgentFault(thrown: unknown): boolean {
  return thrown instanceof Error && 'level' in thrown && thrown.level === 'agent';
}

/** Asks the server first what it offers, then tries the first of `methods` that is among that, and nothing else. */
function login(
  endpoint: Endpoint,
  wanted: AuthenticationType,
  methods: readonly AnyAuthMethod[],
  certificate: UserCertificate | undefined,
  rejected: (cause: unknown) => SlipwayError,
): Login {
  let offered: readonly string[] | undefined;
  let tried = false;
  return {
    certificate,
    authHandler: (methodsLeft: readonly AuthenticationType[] | null): AnyAuthMethod | false => {
      // ssh2 calls with null before anything was tried; "none" makes the server tell what it offers.
      if (methodsLeft === null) return { type: 'none', username: endpoint.user };
      offered ??= methodsLeft;
      const method = tried ? undefined : methods.find((candidate) => methodsLeft.includes(wireName(candidate.type)));
      tried ||= method !== undefined;
      return method ?? false;
    },
    started: () => offered !== undefined,
    rejection(cause) {
      if (tried || offered === undefined) return rejected(cause);
      const params = { address: endpoint.address, method: wanted, offered: offered.join(', ') };
      return sshErrors.method_missing(params, { target: endpoint.name, cause });
    },
  };
}

function wireName(type: AuthenticationType): AuthenticationType {
  return type === 'agent' ? 'publickey' : type;
}

function parseKey(text: string, passphrase: string | undefined): ParsedKey | undefined {
  const parsed = ssh2.utils.parseKey(text, passphrase);
  if (parsed instanceof Error) return undefined;
  return parsed.isPrivateKey() ? parsed : undefined;
}
