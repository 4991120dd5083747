import type { ClusterSpecInput, MachineSpecInput } from '#shared/spec/cluster.ts';
import type { NodeTemplateInput } from '#shared/spec/node-template.ts';
import type { StaticRange } from './network.ts';
import type { Registries } from './registry.ts';
import { machineTemplate } from './vcenter/vcenter.ts';

type Spec = ClusterSpecInput['spec'];
export type SpecFragment = Required<Pick<Spec, 'ssh' | 'registries' | 'services'>>;
export type MachineSpec = MachineSpecInput;

export function specFragment(
  ssh: { readonly user: string; readonly keyPath: string },
  { plain, secure }: Registries,
  registry: keyof Registries,
): SpecFragment {
  return {
    ssh: { user: ssh.user, auth: { kind: 'key', key: `file:${ssh.keyPath}` } },
    registries: [
      registry === 'plain'
        ? { server: plain.address, insecure: true, systemImages: true }
        : {
            server: secure.address,
            ca: secure.caPem,
            username: secure.user,
            password: `file:${secure.passwordFile}`,
            systemImages: true,
          },
    ],
    services: {
      // /proc/sys/net/netfilter/nf_conntrack_max cannot be written in a container: kube-proxy must not try.
      kubeProxy: {
        extraArgs: {
          'conntrack-max-per-core': '0',
          'conntrack-min': '0',
          'conntrack-tcp-timeout-established': '0',
          'conntrack-tcp-timeout-close-wait': '0',
        },
      },
      // Kubernetes 1.35 and newer refuse cgroup v1, which is all some build machines have.
      kubelet: { config: { failCgroupV1: false } },
    },
  };
}

export type VsphereFragment = Pick<Spec, 'registries' | 'services' | 'vsphere'> & {
  readonly templates: NodeTemplateInput[];
};

/**
 * For a cluster of VMs: `small` is the template of its pools. Static addresses are the harder way, and the usual one in
 * factories: give some (`lab.staticAddresses`).
 */
export function vsphereFragment(
  { registries, services }: SpecFragment,
  credential: string,
  addresses: StaticRange | undefined,
): VsphereFragment {
  return {
    registries,
    services,
    vsphere: { credential },
    templates: [
      {
        name: 'small',
        source: { vm: machineTemplate.path },
        pool: '/DC0/host/DC0_C0/Resources',
        datastore: '/DC0/datastore/LocalDS_0',
        networks: [
          {
            network: machineTemplate.network,
            addresses: addresses ? { kind: 'static', ...addresses } : { kind: 'dhcp' },
          },
        ],
      },
    ],
  };
}
