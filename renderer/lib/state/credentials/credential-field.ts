import type { ErrorData } from '#shared/errors/define.ts';

const fields = ['name', 'address', 'user', 'password', 'ca', 'proxy', 'proxyPassword', 'thumbprint'] as const;
export type CredentialField = (typeof fields)[number];

const byCode: Readonly<Record<string, CredentialField>> = {
  'credential.exists': 'name',
  'credential.wrong_name': 'name',
  'credential.wrong_ca': 'ca',
  'credential.wrong_proxy': 'proxy',
  'credential.wrong_thumbprint': 'thumbprint',
  'credential.no_password': 'password',
  'vsphere.invalid_address': 'address',
  'vsphere.unreachable': 'address',
  'vsphere.not_ready': 'address',
  'vsphere.not_vcenter': 'address',
  'vsphere.proxy_refused': 'proxyPassword',
  'vsphere.proxy_unreachable': 'proxy',
  'vsphere.login_refused': 'password',
  'vsphere.certificate_changed': 'thumbprint',
  // No CA was given where a thumbprint is offered instead: whoever reads this gave one.
  'vsphere.certificate_untrusted': 'ca',
};

/** Beside which field of a cloud credential an error has to be read; `undefined`: none of them is to blame. */
export function credentialField(error: ErrorData): CredentialField | undefined {
  if (error.code === 'rpc.bad_input') return fields.find((field) => field === error.params['path']);
  return byCode[error.code];
}
