/**
 * A name for what is at this address, as the inventory takes it: the host's first label (`vcenter.lab.test:443` →
 * `vcenter`), an IP address whole with dashes. '' where nothing of it can be used.
 */
export function nameFromAddress(address: string): string {
  const host = address
    .trim()
    .replace(/^[a-z]+:\/\//i, '')
    .replace(/[/?#].*$/, '')
    .replace(/:\d+$/, '');
  const isIp = /^[\d.]+$/.test(host) || host.includes(':');
  return plainName(isIp ? host : (host.split('.', 1)[0] ?? ''));
}

/** Lower-case letters, digits and dashes, at most 63. */
export function plainName(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replaceAll(/^-+|-+$/g, '');
}
