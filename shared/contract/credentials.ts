import * as v from 'valibot';
import { request } from './define.ts';
import { address, name, nothing, password, pem, proxy, time, user } from './parts.ts';

const Thumbprint = v.strictObject({
  kind: v.literal('thumbprint'),
  sha256: v.pipe(v.string(), v.maxLength(128)),
});
const Ca = v.strictObject({ kind: v.literal('ca'), pem });
const System = v.strictObject({ kind: v.literal('system') });

/** How the server is known to be the right one: by the computer's CAs, by a CA, by one certificate. */
export const Trust = v.variant('kind', [System, Ca, Thumbprint]);

/** A cloud credential as it may be shown. There is no secret in it, and no operation answers one. */
export const CredentialSummary = v.strictObject({
  name: v.string(),
  kind: v.literal('vsphere'),
  address: v.string(),
  user: v.string(),
  trust: Trust,
  /** Without its password. */
  proxy: v.optional(v.string()),
  createdAt: time,
  updatedAt: time,
  /** Names of the clusters whose machines are made with it, sorted. */
  usedBy: v.array(v.string()),
});

export const CheckedCredential = v.strictObject({
  credential: CredentialSummary,
  vcenter: v.strictObject({ version: v.string(), instanceUuid: v.string(), loggedInAs: v.string() }),
});

export const InspectedServer = v.strictObject({
  /** As it is kept: `host` or `host:port`. */
  address: v.string(),
  /** The CAs of the host's computer vouch for it: `system` will do. */
  trusted: v.boolean(),
  certificate: v.strictObject({
    /** SHA-256, upper-case hexadecimal with colons, as vCenter shows it. */
    thumbprint: v.string(),
    subject: v.string(),
    issuer: v.string(),
    validFrom: v.string(),
    validTo: v.string(),
    names: v.array(v.string()),
  }),
});

const credential = v.strictObject({ name });
const login = [
  'credential.no_password',
  'credential.wrong_ca',
  'credential.wrong_proxy',
  'credential.wrong_thumbprint',
  'vsphere.certificate_changed',
  'vsphere.certificate_untrusted',
  'vsphere.login_refused',
  'vsphere.unreachable',
];

export const credentials = {
  'credentials.list': request({ effect: 'read', input: nothing, output: v.array(CredentialSummary) }),

  /** What certificate the server shows. Nothing but the TLS handshake is sent to it. */
  'credentials.inspect': request({
    effect: 'read',
    input: v.strictObject({ address, proxy: v.exactOptional(proxy), proxyPassword: v.exactOptional(password) }),
    output: InspectedServer,
    errors: ['credential.wrong_proxy', 'vsphere.unreachable'],
  }),

  /** Verifies the server, logs in once, and keeps it. Nothing is kept when that fails. */
  'credentials.add': request({
    effect: 'mutate',
    input: v.strictObject({
      name,
      address,
      user,
      password,
      trust: Trust,
      proxy: v.exactOptional(proxy),
      proxyPassword: v.exactOptional(password),
    }),
    output: CheckedCredential,
    errors: ['credential.exists', 'credential.wrong_name', ...login],
  }),

  /** The same with some of it new; what is left out stays. `proxy: null` takes it away. */
  'credentials.update': request({
    effect: 'mutate',
    input: v.strictObject({
      name,
      address: v.exactOptional(address),
      user: v.exactOptional(user),
      password: v.exactOptional(password),
      trust: v.exactOptional(v.variant('kind', [Ca, Thumbprint])),
      proxy: v.exactOptional(v.nullable(proxy)),
      proxyPassword: v.exactOptional(password),
    }),
    output: CheckedCredential,
    errors: ['credential.unknown', ...login],
  }),

  /** Whether the server is the right one and the login works. */
  'credentials.check': request({
    effect: 'read',
    input: credential,
    output: CheckedCredential,
    errors: ['credential.unknown', ...login],
  }),

  /**
   * What the user lacks for making clusters, by name: on the root folder, or on every object of a kind. What a certain
   * template needs, `runs.plan` finds.
   */
  'credentials.privileges': request({
    effect: 'read',
    input: credential,
    output: v.strictObject({
      /** As vCenter writes it. */
      user: v.string(),
      /** Empty: all is well. */
      missing: v.array(v.strictObject({ privilege: v.string(), object: v.string(), purpose: v.string() })),
    }),
    errors: ['credential.unknown', ...login],
  }),

  'credentials.remove': request({
    effect: 'mutate',
    input: credential,
    output: nothing,
    errors: ['credential.unknown', 'credential.in_use'],
  }),
};
