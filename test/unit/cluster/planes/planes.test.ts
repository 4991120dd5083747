import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { machineNamed } from '#main/cluster/cluster.ts';
import { specHash } from '#main/cluster/containers.ts';
import { admissionConfig, auditPolicy, encryptionConfig } from '#main/cluster/planes/api-files.ts';
import { apiserverContainer } from '#main/cluster/planes/apiserver.ts';
import { configPaths } from '#main/cluster/planes/config-paths.ts';
import { configFiles, machineFiles } from '#main/cluster/planes/config-files.ts';
import { controllerManagerContainer } from '#main/cluster/planes/controller-manager.ts';
import { etcdContainer, initialMember } from '#main/cluster/planes/etcd.ts';
import { kubeProxyContainer } from '#main/cluster/planes/kube-proxy.ts';
import { kubeletConfig, kubeletContainer } from '#main/cluster/planes/kubelet.ts';
import { nginxConfig } from '#main/cluster/planes/nginx-proxy.ts';
import { nodeLabels, nodeTaints } from '#main/cluster/planes/node-object.ts';
import { schedulerContainer } from '#main/cluster/planes/scheduler.ts';
import type { Material } from '#main/cluster/certificates/material.ts';
import { sampleCluster, sampleFacts, sampleMaterial } from './sample.ts';

const cluster = sampleCluster();
const node1 = machineNamed(cluster, 'node-1');
const specsWith = (material: Material) => {
  const files = machineFiles(cluster, node1, sampleFacts, material);
  return [
    etcdContainer(cluster, node1, files, { members: [initialMember(node1)], state: 'new' }),
    apiserverContainer(cluster, node1, files),
    controllerManagerContainer(cluster, node1, files),
    schedulerContainer(cluster, node1, files),
    kubeletContainer(cluster, node1, sampleFacts, files),
    kubeProxyContainer(cluster, node1, files),
  ];
};
const hashes = (material: Material): Record<string, string> =>
  Object.fromEntries(specsWith(material).map((spec) => [spec.name, specHash(spec)]));
/** Names of the components on node-1 that restart when this certificate changes. */
function restartedBy(name: string): string[] {
  const before = sampleMaterial(cluster);
  const certificates = new Map(before.certificates);
  certificates.set(name, { name, certificatePem: 'another\n', keyPem: 'another key\n' });
  const [old, changed] = [hashes(before), hashes({ ...before, certificates })];
  return Object.keys(old).filter((component) => old[component] !== changed[component]);
}

describe('what a changed certificate restarts', () => {
  it.each([
    ['kube-apiserver', ['kube-apiserver']],
    ['kube-scheduler', ['kube-scheduler']],
    ['kube-proxy', ['kube-proxy']],
    ['kube-node-node-1', ['kubelet']],
    ['kube-kubelet-node-1', ['kubelet']],
    ['kube-etcd-node-1', ['etcd']],
    ['kube-apiserver-etcd-client', ['kube-apiserver']],
    ['etcd-ca', ['etcd', 'kube-apiserver']],
    ['kube-ca', ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubelet', 'kube-proxy']],
    ['kube-admin', []],
    ['kube-node-node-2', []],
  ])('%s: %j', (name, components) => {
    expect(restartedBy(name)).toEqual(components);
  });

  it('every file that a command names is among the content hashes', () => {
    const paths = machineFiles(cluster, node1, sampleFacts, sampleMaterial(cluster)).map(({ path }) => path);
    for (const spec of specsWith(sampleMaterial(cluster))) {
      const named = paths.filter((path) => spec.command.some((text) => text.endsWith(`=${path}`)));
      expect(Object.keys(spec.contentHashes)).toEqual(expect.arrayContaining(named));
      expect(named.length).toBeGreaterThan(0);
    }
  });
});

describe('the etcd container', () => {
  it('has the same hash whoever else is a member, so adding one restarts none', () => {
    const spec = (start: Parameters<typeof etcdContainer>[3]) => specHash(etcdContainer(cluster, node1, [], start));
    const alone = spec({ members: [initialMember(node1)], state: 'new' });
    const second = { name: 'etcd-node-9', peerUrl: 'https://10.0.0.9:2380' };
    expect(spec({ members: [initialMember(node1), second], state: 'existing' })).toBe(alone);
  });
});

describe('adding a worker', () => {
  it('changes no container and no file on the other machines', () => {
    const more = sampleCluster({
      machines: [
        ...cluster.machines.map(({ name, address, internalIp, roles }) => ({
          name,
          address,
          internalAddress: internalIp,
          roles: [...roles],
        })),
        { name: 'node-4', address: '10.0.0.4', roles: ['worker' as const] },
      ],
    });
    const material = sampleMaterial(more);
    for (const machine of cluster.machines) {
      expect(machineFiles(more, machineNamed(more, machine.name), sampleFacts, material)).toEqual(
        machineFiles(cluster, machine, sampleFacts, material),
      );
    }
    const spec = (of: typeof cluster) => specHash(apiserverContainer(of, machineNamed(of, 'node-1'), []));
    expect(spec(more)).toBe(spec(cluster));
  });
});

describe('the kubelet', () => {
  it('gets the cgroup driver and the resolvers of its machine', () => {
    const facts = {
      ...sampleFacts,
      cgroupVersion: 1 as const,
      resolvConf: '/run/systemd/resolve/resolv.conf' as const,
      docker: { version: '20.10', apiVersion: '1.41', cgroupDriver: 'cgroupfs' as const, storageDriver: 'overlay2' },
    };
    expect(parse(kubeletConfig(cluster, node1, facts))).toMatchObject({
      cgroupDriver: 'cgroupfs',
      resolvConf: '/run/systemd/resolve/resolv.conf',
    });
    expect(kubeletContainer(cluster, node1, facts, []).cgroupns).toBeUndefined();
    expect(kubeletContainer(cluster, node1, sampleFacts, []).cgroupns).toBe('host');
  });

  it('takes settings of the spec over ours, and drops ours for null', () => {
    const config = { maxPods: 250, serializeImagePulls: null, authentication: { anonymous: { enabled: true } } };
    const merged = parse(kubeletConfig(sampleCluster({ services: { kubelet: { config } } }), node1, sampleFacts));
    expect(merged).toMatchObject({
      maxPods: 250,
      authentication: { anonymous: { enabled: true }, webhook: { enabled: true } },
    });
    expect(merged).not.toHaveProperty('serializeImagePulls');
  });

  it('shares its volumes with the host', () => {
    const { mounts } = kubeletContainer(cluster, node1, sampleFacts, []);
    expect(mounts.find(({ to }) => to === '/var/lib/kubelet')?.propagation).toBe('rshared');
  });
});

describe('roles', () => {
  const machine = (roles: ('etcd' | 'controlplane' | 'worker')[]) => ({ ...node1, roles });

  it('become labels', () => {
    expect(nodeLabels({ ...machine(['etcd', 'worker']), labels: { disk: 'ssd' } })).toEqual({
      'node-role.kubernetes.io/etcd': 'true',
      'node-role.kubernetes.io/worker': 'true',
      disk: 'ssd',
    });
  });

  it('become taints only where there is no worker role', () => {
    const ids = (roles: Parameters<typeof machine>[0]) => nodeTaints(machine(roles)).map((t) => `${t.key}:${t.effect}`);
    expect(ids(['controlplane', 'etcd', 'worker'])).toEqual([]);
    expect(ids(['etcd'])).toEqual(['node-role.kubernetes.io/etcd:NoExecute']);
    expect(ids(['controlplane', 'etcd'])).toEqual([
      'node-role.kubernetes.io/controlplane:NoSchedule',
      'node-role.kubernetes.io/etcd:NoExecute',
    ]);
  });
});

describe('files of file-deployer', () => {
  const pathsOn = (name: string, of = cluster): string[] =>
    configFiles(of, machineNamed(of, name), sampleFacts, sampleMaterial(of)).map(({ path }) =>
      path.replace('/etc/kubernetes/', ''),
    );

  it('are those of the roles of the machine', () => {
    expect(pathsOn('node-1')).toEqual([
      'admission.yaml',
      'encryption.yaml',
      'audit-policy.yaml',
      'kubelet-config.yaml',
      'kube-proxy-config.yaml',
    ]);
    expect(pathsOn('node-2')).toEqual(['nginx-proxy/nginx.conf', 'kubelet-config.yaml', 'kube-proxy-config.yaml']);
  });

  it('include the authentication webhook when the spec has one', () => {
    const withWebhook = { ...sampleMaterial(cluster), authnWebhook: 'kind: Config\n' };
    const file = configFiles(cluster, node1, sampleFacts, withWebhook).find(
      ({ path }) => path === configPaths.authnWebhook,
    );
    expect(file && new TextDecoder().decode(file.content)).toBe('kind: Config\n');
  });

  it('relay the API on loopback only, to every control plane', () => {
    const config = nginxConfig(cluster);
    expect(config.match(/listen (\S+);/)?.[1]).toBe('127.0.0.1:6443');
    expect([...config.matchAll(/server (\S+:6443)/g)].map((match) => match[1])).toEqual(['10.0.0.1:6443']);
  });

  it('keep the sealed secrets readable when encryption is switched off', () => {
    const providers = (secretsEncryption: boolean) => {
      const config = encryptionConfig(sampleCluster({ api: { secretsEncryption } }), sampleMaterial(cluster));
      return parse(config).resources[0].providers.map((provider: object) => Object.keys(provider)[0]);
    };
    expect(providers(true)).toEqual(['secretbox', 'identity']);
    expect(providers(false)).toEqual(['identity', 'secretbox']);
  });

  it('keep every admission plugin of the spec beside ours', () => {
    const admissionPlugins = [
      { name: 'EventRateLimit', configuration: { limits: [] } },
      { name: 'ImagePolicyWebhook', configuration: { imagePolicy: {} } },
    ];
    const { plugins } = parse(admissionConfig(sampleCluster({ api: { admissionPlugins } })));
    expect(plugins.map(({ name }: { name: string }) => name)).toEqual([
      'PodSecurity',
      'EventRateLimit',
      'ImagePolicyWebhook',
    ]);
  });

  it('audit what the spec says, or everything that matters', () => {
    const policy = { apiVersion: 'audit.k8s.io/v1', kind: 'Policy', rules: [{ level: 'RequestResponse' }] };
    expect(parse(auditPolicy(sampleCluster({ api: { audit: { policy } } })))).toEqual(policy);
    expect(parse(auditPolicy(cluster)).rules.at(-1)).toEqual({ level: 'Metadata' });
  });
});
