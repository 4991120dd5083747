import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { networkConfig } from '#main/cluster/provision/network-config.ts';
import { templateOf } from '#test/fakes/node-template.ts';

const mac = (last: string): string => `00:50:56:AA:BB:${last}`;
const lan = {
  kind: 'static' as const,
  ranges: ['10.0.0.10-10.0.0.20'],
  prefix: 24,
  gateway: '10.0.0.1',
  nameservers: ['10.0.0.2'],
  searchDomains: ['a.test'],
};
const storage = { kind: 'static' as const, ranges: ['172.16.0.10'], prefix: 16 };

describe('networkConfig', () => {
  it('asks DHCP, and takes no routes from a second network', () => {
    const template = templateOf({ networks: [{ network: 'lan' }, { network: 'storage', mtu: 9000 }] });
    expect(parse(networkConfig({ template, macs: [mac('01'), mac('02')], addresses: ['', ''] }))).toEqual({
      version: 2,
      ethernets: {
        eth0: { match: { macaddress: '00:50:56:aa:bb:01' }, 'set-name': 'eth0', dhcp4: true },
        eth1: {
          match: { macaddress: '00:50:56:aa:bb:02' },
          'set-name': 'eth1',
          dhcp4: true,
          'dhcp4-overrides': { 'use-routes': false },
          mtu: 9000,
        },
      },
    });
  });

  it('gives static addresses, and the default route by the first network only', () => {
    const networks = [
      { network: 'lan', addresses: lan },
      { network: 'storage', addresses: storage },
    ];
    const addresses = ['10.0.0.10', '172.16.0.10'];
    const text = networkConfig({ template: templateOf({ networks }), macs: [mac('01'), mac('02')], addresses });
    expect(parse(text).ethernets).toEqual({
      eth0: {
        match: { macaddress: '00:50:56:aa:bb:01' },
        'set-name': 'eth0',
        dhcp4: false,
        addresses: ['10.0.0.10/24'],
        routes: [{ to: '0.0.0.0/0', via: '10.0.0.1' }],
        nameservers: { addresses: ['10.0.0.2'], search: ['a.test'] },
      },
      eth1: {
        match: { macaddress: '00:50:56:aa:bb:02' },
        'set-name': 'eth1',
        dhcp4: false,
        addresses: ['172.16.0.10/16'],
      },
    });
  });

  it('is not made without a MAC address or a static address for each network', () => {
    const template = templateOf({ networks: [{ network: 'lan', addresses: lan }] });
    expect(() => networkConfig({ template, macs: [], addresses: ['10.0.0.10'] })).toThrow('NIC 1 of 1 has no MAC');
    expect(() => networkConfig({ template, macs: [mac('01')], addresses: [''] })).toThrow('none was given to it');
  });
});
