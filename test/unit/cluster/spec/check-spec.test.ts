import { describe, expect, it } from 'vitest';
import { findRelease } from '#main/cluster/releases/catalogue.ts';
import { checkSpec } from '#main/cluster/spec/check-spec.ts';
import { parseSpec } from '#main/cluster/spec/parse-spec.ts';
import { everyRole, specOf } from '#test/fakes/cluster.ts';
import type { ClusterSpecInput } from '#shared/spec/cluster.ts';

const release = findRelease('v1.36.3');
const causes = (spec: Parameters<typeof checkSpec>[0]): readonly string[] =>
  checkSpec(spec, release).errors.map(({ cause }) => cause);

function withMachines(machines: ClusterSpecInput['spec']['machines']) {
  return parseSpec({ apiVersion: 'slipway.dev/v1', kind: 'Cluster', metadata: { name: 'x' }, spec: { machines } });
}

describe('checkSpec', () => {
  it('finds nothing wrong with a plain spec', () => {
    expect(checkSpec(specOf([everyRole]), release)).toEqual({ errors: [], warnings: [] });
  });

  it.each([
    {
      why: 'overlapping pod and service networks',
      network: { podCidr: '10.42.0.0/16', serviceCidr: '10.42.128.0/17' },
      cause: 'spec.network.serviceCidr (10.42.128.0/17) overlaps spec.network.podCidr (10.42.0.0/16).',
    },
    {
      why: 'a machine inside the pod network',
      network: { podCidr: '10.0.0.0/16' },
      cause: 'spec.network.podCidr (10.0.0.0/16) overlaps spec.machines[0].address (10.0.0.1).',
    },
    {
      why: 'an address that is none',
      network: { podCidr: '999.1.0.0/16' },
      cause: 'spec.network.podCidr is "999.1.0.0/16": must be an IPv4 network such as 10.42.0.0/16.',
    },
    {
      why: 'machine networks that are too small for the pods',
      network: { nodeCidrBits: 26 },
      cause:
        'spec.network.nodeCidrBits is 26, which has room for 61 pods on each machine, but 110 (spec.services.kubelet.config.maxPods, 110 when left out) are needed.',
    },
    {
      why: 'a machine network larger than the pod network',
      network: { podCidr: '10.42.0.0/24', nodeCidrBits: 23 },
      cause:
        'spec.network.nodeCidrBits is 23: must be at least 24, the size of spec.network.podCidr (10.42.0.0/24), which is cut into one network per machine.',
    },
    {
      why: 'a service network that kube-apiserver refuses',
      network: { podCidr: '172.16.0.0/16', serviceCidr: '11.0.0.0/8' },
      cause:
        'spec.network.serviceCidr is "11.0.0.0/8": must be between /12 and /28: kube-apiserver takes no larger one, and DNS needs the 10th address.',
    },
  ])('refuses $why', ({ network, cause }) => {
    expect(causes(specOf([everyRole], { network }))).toEqual([cause]);
  });

  it('refuses a pod network with fewer machine networks than machines', () => {
    const spec = specOf([everyRole, ['worker'], ['worker']], { network: { podCidr: '10.42.0.0/23' } });
    expect(causes(spec)).toEqual([
      'spec.network.podCidr is 10.42.0.0/23, which has room for 2 machines of /24 each, but 3 machines are needed.',
    ]);
  });

  it.each(['10.44.0.10', '10.43.0.1', '10.43.0.0', '10.43.255.255'])('refuses the DNS address %s', (serviceIp) => {
    expect(checkSpec(specOf([everyRole], { dns: { serviceIp } }), release).errors[0]).toMatchObject({
      code: 'spec.outside_network',
      params: { field: 'spec.dns.serviceIp', value: serviceIp },
    });
  });

  it('names every role that nobody has', () => {
    expect(causes(specOf([['worker']]))).toEqual([
      'No machine has the role etcd.',
      'No machine has the role controlplane.',
    ]);
  });

  it('names machines that are the same by name, address or internal address', () => {
    const spec = withMachines([
      { name: 'a', address: '10.0.0.1', roles: [...everyRole] },
      { name: 'a', address: '10.0.0.2', roles: ['worker'] },
      { name: 'b', address: '10.0.0.1', roles: ['worker'] },
      { name: 'c', address: '10.0.0.4', internalAddress: '10.0.0.2', roles: ['worker'] },
    ]);
    expect(causes(spec)).toEqual([
      'spec.machines[1].name is "a", which spec.machines[0] ("a") has already.',
      'spec.machines[2].address is "10.0.0.1", which spec.machines[0] ("a") has already.',
      'spec.machines[3].internalAddress is "10.0.0.2", which spec.machines[1] ("a") has already.',
    ]);
  });

  it('lets machines behind one address differ by their port', () => {
    const spec = withMachines([
      { name: 'a', address: 'gate.example', port: 2201, internalAddress: '10.0.0.1', roles: [...everyRole] },
      { name: 'b', address: 'gate.example', port: 2202, internalAddress: '10.0.0.2', roles: ['worker'] },
    ]);
    expect(causes(spec)).toEqual([]);
  });

  it('asks for the internal address of a machine that is given by name', () => {
    const spec = withMachines([{ name: 'a', address: 'a.example', roles: [...everyRole] }]);
    expect(checkSpec(spec, release).errors[0]).toMatchObject({
      code: 'spec.missing_key',
      params: { field: 'spec.machines[0].internalAddress' },
    });
  });

  it('warns of an even number of etcd members and refuses none', () => {
    const { errors, warnings } = checkSpec(specOf([everyRole, everyRole]), release);
    expect([errors, warnings]).toEqual([
      [],
      ['2 machines have the role etcd. An even number survives no more failures than 1 would; use 1 or 3.'],
    ]);
  });

  it('refuses labels and taints that the API would refuse', () => {
    const spec = withMachines([
      {
        name: 'a',
        address: '10.0.0.1',
        roles: [...everyRole],
        labels: { 'bad key': 'x', ok: 'bad value!' },
        taints: [{ key: 'a/b/c', effect: 'NoSchedule' }],
      },
    ]);
    expect(checkSpec(spec, release).errors.map(({ params }) => params['field'])).toEqual([
      'spec.machines[0].labels["bad key"]',
      'spec.machines[0].labels["ok"]',
      'spec.machines[0].taints[0].key',
    ]);
  });

  it('refuses two registries for system images and half a login', () => {
    const registries = [
      { server: 'a.example', systemImages: true, username: 'u' },
      { server: 'b.example', systemImages: true, insecure: true },
    ];
    const { errors, warnings } = checkSpec(specOf([everyRole], { registries }), release);
    expect(errors.map(({ params }) => params['field'])).toEqual([
      'spec.registries[0].password',
      'spec.registries[1].systemImages',
    ]);
    expect(warnings).toEqual(['Images come from b.example by plain HTTP: anybody on the way can change them.']);
  });

  it('warns of an inline add-on with a Secret, which would be stored readable', () => {
    const inline = (yaml: string) => ({ from: 'inline', name: 'x', yaml }) as const;
    const warningsFor = (yaml: string) => checkSpec(specOf([everyRole], { addons: [inline(yaml)] }), release).warnings;
    expect(warningsFor('apiVersion: v1\nkind: Secret\n')).toEqual([
      expect.stringContaining('spec.addons[0] (x) has a Secret in the spec itself'),
    ]);
    expect(warningsFor('{ "kind": "Secret" }')).toHaveLength(1);
    expect(warningsFor('kind: SecretStore\n')).toEqual([]);
  });

  it('refuses two add-ons of one name', () => {
    const addon = { from: 'inline', name: 'x', yaml: '' } as const;
    expect(causes(specOf([everyRole], { addons: [addon, addon] }))).toEqual([
      'spec.addons[1].name is "x", which spec.addons[0] has already.',
    ]);
  });

  it('names every extra argument that the release does not know', () => {
    const services = { kubelet: { extraArgs: { 'node-pi': '1' } }, kubeProxy: { extraArgs: { nonsense: '' } } };
    expect(checkSpec(specOf([everyRole], { services }), release).errors.map(({ params }) => params['flag'])).toEqual([
      'node-pi',
      'nonsense',
    ]);
  });

  it('offers a release for adoption only to nobody new', () => {
    expect(checkSpec(specOf([everyRole]), findRelease('v1.17.6-rancher2-1')).errors[0]?.params['field']).toBe(
      'spec.release',
    );
  });

  it('throws for a release that nobody knows, naming those that are offered', () => {
    expect(() => findRelease('v9.9.9')).toThrow('There is no release "v9.9.9" in the catalogue.');
  });
});
