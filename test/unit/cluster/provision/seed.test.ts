import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { guestInfo, metaData, noGuestInfo, seedFiles, type SeedRequest } from '#main/cluster/provision/seed.ts';
import { templateOf } from '#test/fakes/node-template.ts';

const request: SeedRequest = {
  name: 'demo-workers-1',
  instanceUuid: '5f0c1c8e-0000-5000-8000-000000000001',
  template: templateOf(),
  macs: ['00:50:56:aa:bb:01'],
  addresses: [''],
  userPublicKey: 'ssh-ed25519 AAAAuser',
  hostKey: { privateKey: 'private\n', publicKey: 'ssh-ed25519 AAAAhost' },
};
const decoded = (text: string | undefined): string => Buffer.from(text ?? '', 'base64').toString();

describe('the seed of a machine', () => {
  it('has the instance UUID for its identity, so that a machine made anew boots for the first time again', () => {
    expect(parse(metaData(request))).toEqual({
      'instance-id': '5f0c1c8e-0000-5000-8000-000000000001',
      'local-hostname': 'demo-workers-1',
    });
  });

  it('says the same by guestinfo as by files', () => {
    const files = new Map(seedFiles(request).map(({ name, content }) => [name, Buffer.from(content).toString()]));
    const values = guestInfo(request);
    expect(decoded(values['guestinfo.userdata'])).toBe(files.get('user-data'));
    expect(parse(decoded(values['guestinfo.metadata']))).toEqual({
      ...parse(files.get('meta-data') ?? ''),
      network: parse(files.get('network-config') ?? ''),
    });
  });

  it('can be removed from guestinfo without a rest', () => {
    expect(Object.keys(noGuestInfo)).toEqual(Object.keys(guestInfo(request)));
    expect(Object.values(noGuestInfo).join('')).toBe('');
  });
});
