import { describe, expect, it } from 'vitest';
import { contains, defaultDnsServiceIp, formatIpv4, overlaps, parseCidr, parseIpv4 } from '#shared/network/cidr.ts';

const network = (text: string) => parseCidr(text) ?? { base: -1, bits: -1 };

describe('networks', () => {
  it.each([
    ['10.42.0.0/16', '10.43.0.0/16', false],
    ['10.0.0.0/8', '10.43.0.0/16', true],
    ['10.43.0.0/16', '10.0.0.0/8', true],
    ['192.168.0.0/24', '192.168.0.128/25', true],
    ['0.0.0.0/0', '255.255.255.255/32', true],
  ])('knows whether %s and %s overlap', (a, b, expected) => {
    expect(overlaps(network(a), network(b))).toBe(expected);
  });

  it('cuts host bits off', () => {
    expect(formatIpv4(network('10.42.7.9/16').base)).toBe('10.42.0.0');
  });

  it('knows addresses above 2^31', () => {
    expect(contains(network('200.0.0.0/8'), parseIpv4('200.1.2.3') ?? 0)).toBe(true);
  });

  it.each(['10.42.0.0', '10.42.0.0/33', '10.256.0.0/16', 'a/8'])('does not take %s for a network', (text) => {
    expect(parseCidr(text)).toBeUndefined();
  });

  it('gives DNS the tenth service address', () => {
    expect(defaultDnsServiceIp('10.43.0.0/16')).toBe('10.43.0.10');
  });
});
