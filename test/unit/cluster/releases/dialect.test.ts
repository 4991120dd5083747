import { describe, expect, it } from 'vitest';
import { machineNamed } from '#main/cluster/cluster.ts';
import { apiserverContainer } from '#main/cluster/planes/apiserver.ts';
import { machineFiles } from '#main/cluster/planes/config-files.ts';
import { controllerManagerContainer } from '#main/cluster/planes/controller-manager.ts';
import { etcdContainer, initialMember } from '#main/cluster/planes/etcd.ts';
import { kubeProxyContainer } from '#main/cluster/planes/kube-proxy.ts';
import { kubeletContainer } from '#main/cluster/planes/kubelet.ts';
import { schedulerContainer } from '#main/cluster/planes/scheduler.ts';
import { findRelease, releases } from '#main/cluster/releases/catalogue.ts';
import type { Component } from '#main/cluster/releases/flags.ts';
import { sampleCluster, sampleFacts, sampleMaterial } from '../planes/sample.ts';

/** Flags of every component on node-1 of a cluster of this release. */
function flagsOf(release: string): Record<Component, Map<string, string>> {
  const cluster = sampleCluster({}, release);
  const machine = machineNamed(cluster, 'node-1');
  const files = machineFiles(cluster, machine, sampleFacts, sampleMaterial(cluster));
  const flags = ({ command }: { command: readonly string[] }): Map<string, string> =>
    new Map(command.map((text): [string, string] => [text.slice(2).split('=')[0] ?? '', text.replace(/^[^=]*=/, '')]));
  return {
    etcd: flags(etcdContainer(cluster, machine, files, { members: [initialMember(machine)], state: 'new' })),
    kubeApiserver: flags(apiserverContainer(cluster, machine, files)),
    kubeControllerManager: flags(controllerManagerContainer(cluster, machine, files)),
    kubeScheduler: flags(schedulerContainer(cluster, machine, files)),
    kubelet: flags(kubeletContainer(cluster, machine, sampleFacts, files)),
    kubeProxy: flags(kubeProxyContainer(cluster, machine, files)),
  };
}

/** `config` is ours alone: beside it kube-proxy takes only a few flags, and that one is not for the person to set. */
const unknownOf = (flags: Map<string, string>, known: ReadonlySet<string>): string[] =>
  [...flags.keys()].filter((flag) => flag !== 'config' && !known.has(flag));

/** market.md 5.5, the rows up to 1.35: present afterwards, the process ends at its start. */
const removedBefore135: Record<Component, readonly string[]> = {
  etcd: ['enable-v2', 'experimental-initial-corrupt-check'],
  kubeApiserver: [
    ...['basic-auth-file', 'insecure-port', 'port', 'address', 'insecure-bind-address', 'ssh-user', 'target-ram-mb'],
    ...['service-account-api-audiences', 'logtostderr', 'master-service-namespace', 'cloud-provider', 'cloud-config'],
  ],
  kubeControllerManager: [
    ...['address', 'port', 'horizontal-pod-autoscaler-use-rest-clients', 'deleting-pods-qps', 'register-retry-count'],
    ...['experimental-cluster-signing-duration', 'enable-taint-manager', 'pod-eviction-timeout', 'logtostderr'],
  ],
  kubeScheduler: ['address', 'port', 'algorithm-provider', 'policy-config-file', 'lock-object-name', 'logtostderr'],
  kubelet: [
    ...['network-plugin', 'cni-bin-dir', 'cni-conf-dir', 'docker-endpoint', 'non-masquerade-cidr', 'chaos-chance'],
    ...['container-runtime', 'master-service-namespace', 'cloud-config', 'register-schedulable', 'logtostderr'],
    ...['pod-infra-container-image', 'keep-terminated-pod-volumes', 'iptables-masquerade-bit'],
  ],
  kubeProxy: ['cleanup-ipvs', 'proxy-port-range', 'logtostderr'],
};

describe.each(releases.map(({ version }) => version))('arguments of %s', (version) => {
  it('are all known to that release', () => {
    const { known } = findRelease(version).dialect;
    for (const [component, flags] of Object.entries(flagsOf(version)) as [Component, Map<string, string>][]) {
      expect({ component, unknown: unknownOf(flags, known[component]) }).toEqual({
        component,
        unknown: [],
      });
    }
  });
});

describe.each(['v1.35.4', 'v1.36.3', 'v1.37.2'])('the dialect of %s', (version) => {
  it('has none of the flags that Kubernetes removed, neither passed nor accepted from a spec', () => {
    const { known } = findRelease(version).dialect;
    for (const [component, flags] of Object.entries(flagsOf(version)) as [Component, Map<string, string>][]) {
      const gone = removedBefore135[component];
      expect(gone.filter((flag) => flags.has(flag))).toEqual([]);
      const accepted = gone.filter((flag) => known[component].has(flag));
      // etcd 3.6 still reads the old names beside the feature gates.
      expect(accepted.filter((flag) => !flag.startsWith('experimental-initial'))).toEqual([]);
    }
  });

  it('leaves the kubelet four flags and its configuration file', () => {
    expect([...flagsOf(version).kubelet.keys()]).toEqual(['config', 'kubeconfig', 'hostname-override', 'node-ip', 'v']);
  });
});

describe('the dialect of v1.17.6-rancher2-1', () => {
  const flags = flagsOf('v1.17.6-rancher2-1');

  it('passes to kube-apiserver what rke-reference.md 7.2 lists for 1.16 to 1.19', () => {
    expect(Object.fromEntries(flags.kubeApiserver)).toMatchObject({
      'allow-privileged': 'true',
      'anonymous-auth': 'false',
      'bind-address': '0.0.0.0',
      'insecure-port': '0',
      'kubelet-preferred-address-types': 'InternalIP,ExternalIP,Hostname',
      profiling: 'false',
      'requestheader-extra-headers-prefix': 'X-Remote-Extra-',
      'requestheader-group-headers': 'X-Remote-Group',
      'requestheader-username-headers': 'X-Remote-User',
      'secure-port': '6443',
      'service-account-lookup': 'true',
      'storage-backend': 'etcd3',
      'runtime-config': 'authorization.k8s.io/v1beta1=true',
      'authorization-mode': 'Node,RBAC',
      'cloud-provider': '',
      'enable-admission-plugins':
        'NamespaceLifecycle,LimitRanger,ServiceAccount,DefaultStorageClass,DefaultTolerationSeconds,' +
        'MutatingAdmissionWebhook,ValidatingAdmissionWebhook,ResourceQuota,NodeRestriction,Priority,' +
        'TaintNodesByCondition,PersistentVolumeClaimResize',
    });
    // Needs a signing key, which came with 1.20.
    expect(flags.kubeApiserver.has('service-account-issuer')).toBe(false);
  });

  it('passes to the kubelet everything as flags, for dockershim', () => {
    expect(Object.fromEntries(flags.kubelet)).toMatchObject({
      'network-plugin': 'cni',
      'cni-bin-dir': '/opt/cni/bin',
      'cni-conf-dir': '/etc/cni/net.d',
      'cgroups-per-qos': 'True',
      'pod-infra-container-image': 'docker.io/rancher/pause:3.1',
      'cluster-dns': '10.43.0.10',
      'read-only-port': '0',
      'event-qps': '0',
    });
    expect(flags.kubelet.has('config')).toBe(false);
  });

  it('passes enable-v2 to etcd, and pod-eviction-timeout and loopback addresses to the controller manager', () => {
    expect(flags.etcd.get('enable-v2')).toBe('true');
    expect(flags.kubeControllerManager.get('pod-eviction-timeout')).toBe('5m0s');
    expect(flags.kubeControllerManager.get('address')).toBe('127.0.0.1');
  });

  it('starts components through the script of the sidekick, and 1.36 by their own name', () => {
    const spec = (release: string) => {
      const cluster = sampleCluster({}, release);
      return schedulerContainer(cluster, machineNamed(cluster, 'node-1'), []);
    };
    const legacy = spec('v1.17.6-rancher2-1');
    expect(legacy.entrypoint).toEqual(['/opt/rke-tools/entrypoint.sh', 'kube-scheduler']);
    expect(legacy.volumesFrom).toEqual(['service-sidekick']);
    expect(legacy.image).toBe('docker.io/rancher/hyperkube:v1.17.6-rancher2');
    const current = spec('v1.36.3');
    expect(current.entrypoint).toEqual(['kube-scheduler']);
    expect(current.volumesFrom).toBeUndefined();
    expect(current.image).toBe('registry.k8s.io/kube-scheduler:v1.36.3');
  });
});
