/** An IPv4 network. `base` is its first address as a number; all addresses are unsigned 32-bit. */
export interface Network {
  readonly base: number;
  readonly bits: number;
}

/** @param cidr as the spec's schema lets it pass: dotted quad, slash, 0–32. Host bits are cut off. */
export function parseCidr(cidr: string): Network | undefined {
  const [address = '', bits = 'none'] = cidr.split('/');
  const value = parseIpv4(address);
  const size = Number(bits);
  if (value === undefined || !Number.isInteger(size) || size < 0 || size > 32) return undefined;
  return { base: value - (value % addressCount(size)), bits: size };
}

export function parseIpv4(address: string): number | undefined {
  const parts = address.split('.');
  if (parts.length !== 4) return undefined;
  let value = 0;
  for (const part of parts) {
    if (!/^\d{1,3}$/.test(part) || Number(part) > 255) return undefined;
    value = value * 256 + Number(part);
  }
  return value;
}

export function formatIpv4(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}

export function addressCount(bits: number): number {
  return 2 ** (32 - bits);
}

export function overlaps(a: Network, b: Network): boolean {
  return a.base < b.base + addressCount(b.bits) && b.base < a.base + addressCount(a.bits);
}

export function contains(network: Network, address: number): boolean {
  return address >= network.base && address < network.base + addressCount(network.bits);
}

/** The address of cluster DNS when the spec leaves it out: the 10th of the service network, as kubeadm and RKE do. */
export function defaultDnsServiceIp(serviceCidr: string): string | undefined {
  const network = parseCidr(serviceCidr);
  return network && addressCount(network.bits) > 11 ? formatIpv4(network.base + 10) : undefined;
}
