// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { filledIn, newDocument, type SpecBody } from '#renderer/lib/wizard/spec-document.ts';
import { machineWarnings, networkWarnings } from '#renderer/lib/wizard/warnings.ts';

const filled = (spec: SpecBody) => filledIn({ ...newDocument('prod'), spec });
const pool = (count: number, ...roles: ('etcd' | 'controlplane' | 'worker')[]) => ({
  ...{ name: roles.join('-'), template: 't', count },
  roles,
});
const kinds = (spec: SpecBody, kept: readonly string[] | undefined = ['t']) =>
  machineWarnings(filled(spec), kept).map(({ kind }) => kind);
const withRange = (count: number, addresses: object) => ({
  pools: [pool(count, 'etcd', 'controlplane', 'worker')],
  templates: [
    {
      ...{ name: 't', source: { vm: 'v' } },
      networks: [{ network: 'n', addresses: { kind: 'static' as const, prefix: 24, ranges: [], ...addresses } }],
    },
  ],
});
const whole = { gateway: '10.0.0.1', nameservers: ['10.0.0.1'] };

describe('warnings about machines', () => {
  it.each([
    { pools: [pool(1, 'etcd', 'controlplane', 'worker')], kinds: [], why: 'one machine for everything is good' },
    { pools: [pool(2, 'etcd', 'controlplane', 'worker')], kinds: ['evenEtcd'], why: 'an even number of etcd members' },
    { pools: [pool(9, 'etcd', 'controlplane', 'worker')], kinds: ['manyEtcd'], why: 'more members than help' },
    { pools: [pool(1, 'etcd', 'controlplane')], kinds: ['noWorker'], why: 'nothing could run' },
    { pools: [pool(1, 'worker')], kinds: ['noEtcd', 'noControlPlane'], why: 'nothing to keep and to ask' },
    { pools: [], kinds: [], why: 'a form not filled in yet is no mistake' },
  ])('$why', ({ pools, kinds: expected }) => {
    expect(kinds({ pools })).toEqual(expected);
  });

  it('say which pool names a template that nobody has', () => {
    const pools = [pool(1, 'etcd', 'controlplane', 'worker')];
    expect(kinds({ pools }, [])).toEqual(['unknownTemplate']);
    expect(kinds({ pools }, undefined)).toEqual([]); // nobody knows yet
  });

  it('count what a range has, once where ranges overlap', () => {
    const ranges = ['10.0.0.10-10.0.0.11', '10.0.0.11'];
    expect(machineWarnings(filled(withRange(3, { ...whole, ranges })), [])).toEqual([
      { kind: 'rangeTooSmall', template: 't', has: 2, needs: 3 },
    ]);
    expect(kinds(withRange(1, { ...whole, ranges }))).toEqual([]);
  });

  it('say what static addresses lack', () => {
    expect(kinds(withRange(1, { ranges: ['10.0.0.10'] }))).toEqual(['noGateway', 'noNameserver']);
    expect(kinds(withRange(1, { ...whole, ranges: ['10.0.0.20-10.0.0.10'] }))).toEqual(['badRange']);
  });

  it('name what is there twice', () => {
    const machine = {
      name: 'a',
      address: '192.0.2.1',
      roles: ['etcd' as const, 'controlplane' as const, 'worker' as const],
    };
    expect(machineWarnings(filled({ machines: [machine, { ...machine, roles: ['worker'] }] }), [])).toEqual([
      { kind: 'twice', what: 'name', value: 'a' },
      { kind: 'twice', what: 'address', value: '192.0.2.1' },
    ]);
  });
});

describe('warnings about networks', () => {
  it('are none by default', () => {
    expect(networkWarnings(filled({}))).toEqual([]);
  });

  it('come when pods and services would have the same addresses', () => {
    const network = { podCidr: '10.0.0.0/8', serviceCidr: '10.43.0.0/16' };
    expect(networkWarnings(filled({ network }))).toEqual([{ kind: 'networksOverlap' }]);
  });

  it('come when a machine or a range lies in one of them', () => {
    const machines = [{ name: 'a', address: '10.43.0.7', roles: ['worker' as const] }];
    const { templates } = withRange(1, { ranges: ['10.41.255.250-10.42.0.3'] });
    expect(networkWarnings(filled({ machines, templates }))).toEqual([
      { kind: 'inside', network: 'services', address: '10.43.0.7' },
      { kind: 'inside', network: 'pods', address: '10.41.255.250-10.42.0.3' },
    ]);
  });
});
