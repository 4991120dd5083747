import { isIPv6 } from 'node:net';
import { vsphereErrors } from '#shared/errors/vsphere.ts';

export interface VcenterAddress {
  /** A name or an IP address, IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
}

/**
 * Takes what people paste: `vcenter.example.com`, `10.0.0.5:8443`, `[fd00::5]`, `https://vcenter.example.com/ui/app`.
 * @throws `vsphere.invalid_address`
 */
export function parseVcenterAddress(text: string): VcenterAddress {
  const typed = text.trim();
  const withScheme = typed.includes('://') ? typed : `https://${isIPv6(typed) ? `[${typed}]` : typed}`;
  const url = URL.canParse(withScheme) ? new URL(withScheme) : undefined;
  // A user in the address would end up in messages and logs, where the address is shown.
  if (url?.protocol !== 'https:' || url.hostname === '' || url.username !== '' || url.password !== '') {
    throw vsphereErrors.invalid_address({ address: withoutUser(typed) });
  }
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port: url.port === '' ? 443 : Number(url.port) };
}

/** As it goes into a URL and into messages. */
export function addressText({ host, port }: VcenterAddress): string {
  const name = isIPv6(host) ? `[${host}]` : host;
  return port === 443 ? name : `${name}:${String(port)}`;
}

function withoutUser(text: string): string {
  return text.slice(text.lastIndexOf('@') + 1);
}
