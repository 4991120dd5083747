import type { ClusterSpecInput, MachineSpecInput } from '#shared/spec/cluster.ts';
import type { Registries } from './registry.ts';

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
