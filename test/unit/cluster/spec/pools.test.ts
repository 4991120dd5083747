import { describe, expect, it } from 'vitest';
import { findRelease } from '#main/cluster/releases/catalogue.ts';
import { proposeRecords } from '#main/cluster/provision/propose.ts';
import { buildCluster } from '#main/cluster/spec/build-cluster.ts';
import { checkSpec } from '#main/cluster/spec/check-spec.ts';
import { parseSpec } from '#main/cluster/spec/parse-spec.ts';
import { everyRole } from '#test/fakes/cluster.ts';
import type { ClusterSpec, ClusterSpecInput } from '#shared/spec/cluster.ts';
import type { NodeTemplateInput } from '#shared/spec/node-template.ts';

type Part = ClusterSpecInput['spec'];
type Pool = NonNullable<Part['pools']>[number];

const release = findRelease('v1.36.3');
const dhcp: NodeTemplateInput = { name: 'small', source: { vm: 'debian-13' }, networks: [{ network: 'lan' }] };
const all: Pool = { name: 'all', template: 'small', count: 1, roles: [...everyRole] };
const given = { name: 'm1', address: '10.0.0.10', roles: [...everyRole] };

/** A cluster `demo` of one pool with every role, made from one template with DHCP, but for what is given here. */
function demo(part: Part = {}): ClusterSpec {
  const spec = { vsphere: { credential: 'lab' }, templates: [dhcp], pools: [all], ...part };
  return parseSpec({ apiVersion: 'slipway.dev/v1', kind: 'Cluster', metadata: { name: 'demo' }, spec });
}

const lan = (more: object = {}) => ({
  network: 'lan',
  addresses: {
    kind: 'static' as const,
    ranges: ['10.0.0.10-10.0.0.20'],
    prefix: 24,
    gateway: '10.0.0.1',
    nameservers: ['10.0.0.2'],
    ...more,
  },
});
const withAddresses = (more: object): Part => ({ templates: [{ ...dhcp, networks: [lan(more)] }] });
const withTemplate = (more: Partial<NodeTemplateInput>): Part => ({ templates: [{ ...dhcp, ...more }] });

const causes = (spec: ClusterSpec): readonly string[] => checkSpec(spec, release).errors.map(({ cause }) => cause);

describe('checkSpec of machines that are to be made', () => {
  it('finds nothing wrong with a plain spec', () => {
    expect(checkSpec(demo(), release)).toEqual({ errors: [], warnings: [] });
    expect(checkSpec(demo(withAddresses({})), release)).toEqual({ errors: [], warnings: [] });
  });

  it.each<{ readonly why: string; readonly part: Part; readonly cause: string }>([
    { why: 'no machine at all', part: { pools: [] }, cause: 'spec.machines is missing.' },
    {
      why: 'pools without a vCenter',
      part: { vsphere: undefined },
      cause: 'spec.vsphere is missing.',
    },
    {
      why: 'a role that neither machines nor pools have',
      part: { machines: [{ ...given, roles: ['worker'] }], pools: [{ ...all, roles: ['controlplane', 'worker'] }] },
      cause: 'No machine has the role etcd.',
    },
    {
      why: 'a template that is nowhere',
      part: { pools: [{ ...all, template: 'smal' }] },
      cause:
        'spec.pools[0].template is "smal": must be a node template of spec.templates or of the inventory; did you mean "small".',
    },
    {
      why: 'two pools of one name',
      part: { pools: [all, { ...all, hostname: 'x{n}' }] },
      cause: 'spec.pools[1].name is "all", which spec.pools[0] has already.',
    },
    {
      why: 'two templates of one name',
      part: { templates: [dhcp, dhcp] },
      cause: 'spec.templates[1].name is "small", which spec.templates[0] has already.',
    },
    {
      why: 'a machine name that a given machine has',
      part: { machines: [{ ...given, name: 'demo-all-1' }] },
      cause: 'spec.pools[0].hostname of machine 1 is "demo-all-1", which spec.machines[0] has already.',
    },
    {
      why: 'a machine name that another pool has',
      part: { pools: [all, { ...all, name: 'more', hostname: 'demo-all-{n}' }] },
      cause: 'spec.pools[1].hostname of machine 1 is "demo-all-1", which spec.pools[0] has already.',
    },
    {
      why: 'a machine name that is too long',
      part: { pools: [{ ...all, count: 10, hostname: `${'a'.repeat(62)}{n}` }] },
      cause: `spec.pools[0].hostname is "${'a'.repeat(62)}{n}": must give names of at most 63 lower-case letters, digits and "-", beginning and ending with a letter or digit; machine 10 would be "${'a'.repeat(62)}10" (64 characters).`,
    },
    {
      why: 'a placeholder that is none',
      part: { pools: [{ ...all, hostname: '{rack}-{n}' }] },
      cause:
        'spec.pools[0].hostname is "{rack}-{n}": must give names of at most 63 lower-case letters, digits and "-", beginning and ending with a letter or digit; machine 1 would be "{rack}-1".',
    },
    {
      why: 'a role twice in a pool',
      part: { pools: [{ ...all, roles: [...everyRole, 'worker'] }] },
      cause: 'spec.pools[0].roles is "worker", which the same list has already.',
    },
    {
      why: 'a label of a pool that the API would refuse',
      part: { pools: [{ ...all, labels: { a: 'b c' } }] },
      cause:
        'spec.pools[0].labels["a"] is "b c": must be empty or at most 63 letters, digits, "-", "_" and ".", beginning and ending alphanumeric.',
    },
    {
      why: 'a pod network with fewer machine networks than machines of pools',
      part: { network: { podCidr: '10.42.0.0/24' }, pools: [all, { ...all, name: 'b' }] },
      cause:
        'spec.network.podCidr is 10.42.0.0/24, which has room for 1 machines of /24 each, but 2 machines are needed.',
    },
    {
      why: 'a larger disk for a linked clone',
      part: withTemplate({ clone: 'linked', diskGiB: 40 }),
      cause:
        'spec.templates[0].diskGiB is 40: must be left out for a linked clone: it shares its disk with the source, which keeps its size.',
    },
    {
      why: 'a linked clone of a library item',
      part: withTemplate({ clone: 'linked', source: { library: 'images', item: 'debian' } }),
      cause:
        'spec.templates[0].clone is "linked": must be "full" for an item of a content library, which has no snapshot.',
    },
    {
      why: 'a snapshot for a full clone',
      part: withTemplate({ snapshot: 'base' }),
      cause:
        'spec.templates[0].snapshot is "base": must be left out for a full clone: only linked clones start from a snapshot.',
    },
    {
      why: 'sockets that are not equally large',
      part: withTemplate({ cpus: 6, coresPerSocket: 4 }),
      cause:
        'spec.templates[0].coresPerSocket is 4: must divide spec.templates[0].cpus (6): every socket has equally many.',
    },
    {
      why: 'root as the user to be made',
      part: withTemplate({ user: 'root' }),
      cause:
        'spec.templates[0].user is "root": must be another user than root: it is made by cloud-init and gets sudo.',
    },
    {
      why: 'a range that is none',
      part: withAddresses({ ranges: ['10.0.0.10', '10.0.0.20-10.0.0.15'] }),
      cause:
        'spec.templates[0].networks[0].addresses.ranges[1] is "10.0.0.20-10.0.0.15": must be an IPv4 address or a range such as 10.0.0.10-10.0.0.40.',
    },
    {
      why: 'a range that the gateway does not reach',
      part: withAddresses({ ranges: ['10.0.0.250-10.0.1.5'] }),
      cause:
        'spec.templates[0].networks[0].addresses.ranges[0] is "10.0.0.250-10.0.1.5": must lie inside 10.0.0.0/24, where the gateway 10.0.0.1 is.',
    },
    {
      why: 'a range with the gateway in it',
      part: withAddresses({ ranges: ['10.0.0.1-10.0.0.9'] }),
      cause:
        'spec.templates[0].networks[0].addresses.ranges[0] is "10.0.0.1-10.0.0.9": must leave out the gateway 10.0.0.1.',
    },
    {
      why: 'a range with the broadcast address in it',
      part: withAddresses({ ranges: ['10.0.0.200-10.0.0.255'] }),
      cause:
        'spec.templates[0].networks[0].addresses.ranges[0] is "10.0.0.200-10.0.0.255": must leave out the first and the last address of 10.0.0.0/24, which no machine can have.',
    },
    {
      why: 'a gateway on a second network',
      part: withTemplate({ networks: [{ network: 'lan' }, lan()] }),
      cause:
        'spec.templates[0].networks[1].addresses.gateway is 10.0.0.1: must be left out here: the default route goes by the first network.',
    },
    {
      why: 'a range inside the service network',
      part: {
        ...withAddresses({ ranges: ['10.43.0.10'], gateway: '10.43.0.1' }),
      },
      cause:
        'spec.network.serviceCidr (10.43.0.0/16) overlaps spec.templates[0].networks[0].addresses.ranges[0] (10.43.0.10).',
    },
    {
      why: 'fewer addresses than machines, those of given machines taken off',
      part: {
        ...withAddresses({ ranges: ['10.0.0.10-10.0.0.12'] }),
        machines: [given],
        pools: [
          { ...all, count: 2 },
          { ...all, name: 'b' },
        ],
      },
      cause:
        'spec.templates[0].networks[0].addresses.ranges (10.0.0.10-10.0.0.12) is short of addresses: 3 needed, 2 free.',
    },
    {
      why: 'a host name in cloudInit',
      part: withTemplate({ cloudInit: { hostname: 'a' } }),
      cause: 'spec.templates[0].cloudInit.hostname is set by Slipway itself: the pool names its machines.',
    },
    {
      why: 'host keys in cloudInit',
      part: withTemplate({ cloudInit: { ssh_keys: { ed25519_private: 'secret' } } }),
      cause:
        'spec.templates[0].cloudInit.ssh_keys is set by Slipway itself: it installs the host key by which it knows the machine at the first connection.',
    },
    {
      why: 'our user in cloudInit',
      part: withTemplate({ cloudInit: { users: ['default', { name: 'slipway' }] } }),
      cause: 'spec.templates[0].cloudInit.users[1] is set by Slipway itself: "slipway" is the user that it logs in as.',
    },
    {
      why: 'users that are no list',
      part: withTemplate({ cloudInit: { users: { slipway: {} } } }),
      cause: 'spec.templates[0].cloudInit.users is (not shown): must be a list, to which ours is added.',
    },
    {
      why: 'the place of our cloud-init documents in extraConfig',
      part: withTemplate({ extraConfig: { 'guestinfo.userdata': 'x' } }),
      cause:
        'spec.templates[0].extraConfig["guestinfo.userdata"] is set by Slipway itself: cloud-init reads its documents there.',
    },
  ])('refuses $why', ({ part, cause }) => {
    expect(causes(demo(part))).toEqual([cause]);
  });

  it('counts etcd members over machines and pools', () => {
    const { warnings } = checkSpec(demo({ machines: [given] }), release);
    expect(warnings).toEqual([
      '2 machines have the role etcd. An even number survives no more failures than 1 would; use 1 or 3.',
    ]);
  });

  it('lets machines keep their addresses and leaves those of other clusters alone', () => {
    const spec = demo({ ...withAddresses({ ranges: ['10.0.0.10-10.0.0.11'] }), pools: [{ ...all, count: 3 }] });
    const records = proposeRecords(
      'c-abcde',
      demo({ ...withAddresses({ ranges: ['10.0.0.30'] }), pools: [all] }),
      new Map(),
      new Set(),
    );
    expect(checkSpec(spec, release, { records, reserved: [] }).errors).toEqual([]);
    expect(checkSpec(spec, release, { records, reserved: ['10.0.0.11'] }).errors.map(({ cause }) => cause)).toEqual([
      'spec.templates[0].networks[0].addresses.ranges (10.0.0.10-10.0.0.11) is short of addresses: 2 needed, 1 free.',
    ]);
  });

  it('warns of what works otherwise than one might think', () => {
    const template = withTemplate({
      networks: [{ network: 'lan', addresses: { kind: 'static', ranges: ['10.0.0.10'], prefix: 24 } }],
      cloudInit: { chpasswd: { users: [{ name: 'root', password: 'secret' }] } },
    });
    const { errors, warnings } = checkSpec(demo(template), release);
    expect(errors).toEqual([]);
    expect(warnings).toEqual([
      'spec.templates[0].networks[0] has static addresses and no gateway: its machines reach their own network only.',
      'spec.templates[0].networks[0] has static addresses and no nameservers: its machines can look up no names.',
      'spec.templates[0].cloudInit seems to hold a password or a key. It is stored and given to vCenter as it is; log in with SSH keys instead, or set it later by a means of your own.',
    ]);
  });
});

describe('buildCluster with pools', () => {
  it('sorts machines of pools in with the given ones, without addresses as long as there are none', () => {
    const spec = demo({ machines: [{ ...given, name: 'z' }], pools: [{ ...all, roles: ['worker', 'etcd'] }] });
    expect(buildCluster('c-abcde', spec, release).machines).toEqual([
      { name: 'demo-all-1', address: '', internalIp: '', roles: ['etcd', 'worker'], labels: {}, taints: [] },
      expect.objectContaining({ name: 'z', address: '10.0.0.10' }),
    ]);
  });

  it('takes addresses from the records', () => {
    const spec = demo(withAddresses({}));
    const records = proposeRecords('c-abcde', spec, new Map(), new Set());
    const { machines, planned } = buildCluster('c-abcde', spec, release, records);
    expect(machines.map(({ address, internalIp }) => [address, internalIp])).toEqual([['10.0.0.10', '10.0.0.10']]);
    expect(planned.get('demo-all-1')?.template.name).toBe('small');
  });
});
