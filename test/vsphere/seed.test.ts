import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { guestInfo, seedFiles, type SeedRequest } from '#main/cluster/provision/seed.ts';
import { newSshKeyPair } from '#main/secrets/ssh-keys.ts';
import { templateOf } from '#test/fakes/node-template.ts';
import type { NodeTemplateInput } from '#shared/spec/node-template.ts';
import { type CloudInit, openCloudInit } from './cloud-init.ts';

let cloudInit: CloudInit;
beforeAll(async () => {
  cloudInit = await openCloudInit();
});
afterAll(() => cloudInit[Symbol.asyncDispose]());

const lan = {
  network: 'lan',
  addresses: {
    kind: 'static' as const,
    ranges: ['10.0.0.10-10.0.0.20'],
    prefix: 24,
    gateway: '10.0.0.1',
    nameservers: ['10.0.0.2'],
    searchDomains: ['a.test'],
  },
  mtu: 1400,
};
const storage = { network: 'storage', addresses: { kind: 'static' as const, ranges: ['172.16.0.10'], prefix: 16 } };

/** Text that YAML 1.1 reads as something else where it is not in quotes. */
const traps = [
  'on',
  'No',
  'y',
  '~',
  '012',
  '0o12',
  '1e3',
  '12:30:45',
  '2026-01-02',
  '=',
  '<<',
  '0x1f',
  '1_000',
  '',
  ' a',
];

const cases: Readonly<Record<string, { readonly template: Partial<NodeTemplateInput>; readonly addresses: string[] }>> =
  {
    'one network with DHCP': { template: {}, addresses: [''] },
    'two networks with DHCP': {
      template: { networks: [{ network: 'lan' }, { network: 'storage', mtu: 9000 }] },
      addresses: ['', ''],
    },
    'static addresses': { template: { networks: [lan, storage] }, addresses: ['10.0.0.10', '172.16.0.10'] },
    'additions of a person': {
      template: {
        cloudInit: {
          users: ['default', { name: 'ops', groups: ['adm'] }],
          packages: ['htop', ['curl', '8.14.1']],
          runcmd: [['touch', '/a'], 'echo b'],
          bootcmd: ['echo c'],
          write_files: [{ path: '/etc/a', content: 'a\nb\n', permissions: '0644' }],
          ntp: { servers: ['192.0.2.1'] },
          timezone: 'Europe/Zurich',
        },
      },
      addresses: [''],
    },
  };

async function requestOf(name: string): Promise<SeedRequest> {
  const { template = {}, addresses = [] } = cases[name] ?? {};
  return {
    name: 'demo-workers-1',
    instanceUuid: '5f0c1c8e-0000-5000-8000-000000000001',
    template: templateOf(template),
    macs: ['10:20:30:40:50:51', '00:50:56:aa:bb:02'],
    addresses,
    userPublicKey: (await newSshKeyPair()).publicKey,
    hostKey: await newSshKeyPair(),
  };
}

async function textsOf(request: SeedRequest): Promise<Readonly<Record<string, string>>> {
  return Object.fromEntries(seedFiles(request).map(({ name, content }) => [name, Buffer.from(content).toString()]));
}

/** As PyYAML reads it, which is what cloud-init uses. */
async function asPythonReads(text: string): Promise<unknown> {
  const program = 'import json, yaml; print(json.dumps(yaml.safe_load(open("/tmp/text"))))';
  return JSON.parse(await cloudInit.run(['python3', '-c', program], { text }));
}

describe('cloud-init accepts what it is told', () => {
  it.each(Object.keys(cases))('with %s', async (name) => {
    const files = await textsOf(await requestOf(name));
    const checks = [
      ['cloud-config', 'user-data'],
      ['network-config', 'network-config'],
    ] as const;
    for (const [type, file] of checks) {
      const said = await cloudInit.run(
        ['cloud-init', 'schema', '--config-file', `/tmp/${file}`, '--schema-type', type],
        files,
      );
      expect(said).toBe(`Valid schema /tmp/${file}\n`);
    }
  });

  it.each(Object.keys(cases))('and reads the same values as we wrote, with %s', async (name) => {
    const files = await textsOf(await requestOf(name));
    for (const text of Object.values(files)) expect(await asPythonReads(text)).toEqual(parse(text));
  });

  it('and takes text for text', async () => {
    const mapping = { on: 'on', y: '<<', '12:30:45': '012' };
    const request = await requestOf('one network with DHCP');
    const template = templateOf({ cloudInit: { yum_repos: { traps, mapping } } });
    const { 'user-data': text = '' } = await textsOf({ ...request, template });
    expect(await asPythonReads(text)).toMatchObject({ yum_repos: { traps, mapping } });
  });

  it('and makes of static addresses what networkd and netplan understand', async () => {
    const { 'network-config': text = '' } = await textsOf(await requestOf('static addresses'));
    const convert = async (renderer: string, shown: string): Promise<string> => {
      const where = ['--network-data', '/tmp/text', '--kind', 'yaml', '--distro', 'debian', '--directory', '/tmp/out'];
      const macs = ['--mac', 'eth0,10:20:30:40:50:51', '--mac', 'eth1,00:50:56:aa:bb:02'];
      const command = ['cloud-init', 'devel', 'net-convert', ...where, ...macs, '--output-kind', renderer];
      await cloudInit.run(command, { text });
      return cloudInit.run(['sh', '-c', `cat ${shown}`], {});
    };
    const networkd = await convert('networkd', '/tmp/out/etc/systemd/network/*eth0.network');
    expect(networkd.split('\n')).toEqual(
      expect.arrayContaining(['Address=10.0.0.10/24', 'Gateway=10.0.0.1', 'DNS=10.0.0.2', 'Domains=a.test']),
    );
    expect(networkd.split('\n')).toEqual(expect.arrayContaining(['MACAddress=10:20:30:40:50:51', 'MTUBytes=1400']));
    const netplan: unknown = parse(await convert('netplan', '/tmp/out/etc/netplan/*.yaml'));
    expect(netplan).toEqual({ network: parse(text) });
  });

  it('and finds addresses in the metadata of guestinfo, too', async () => {
    const request = await requestOf('static addresses');
    const program = [
      'import json, sys',
      'from cloudinit.sources.DataSourceVMware import decode, load_json_or_yaml, process_metadata',
      'values = json.load(open("/tmp/values"))',
      'metadata, user = [decode(key, values[key + ".encoding"], values[key])',
      '  for key in ["guestinfo.metadata", "guestinfo.userdata"]]',
      'metadata = process_metadata(load_json_or_yaml(metadata))',
      'print(json.dumps({"network": metadata["network"]["config"], "name": metadata["local-hostname"],',
      '  "id": metadata["instance-id"], "user": user if isinstance(user, str) else user.decode()}))',
    ].join('\n');
    const said = await cloudInit.run(['python3', '-c', program], { values: JSON.stringify(guestInfo(request)) });
    const files = await textsOf(request);
    expect(JSON.parse(said)).toEqual({
      network: parse(files['network-config'] ?? ''),
      name: 'demo-workers-1',
      id: '5f0c1c8e-0000-5000-8000-000000000001',
      user: files['user-data'],
    });
  });
});
