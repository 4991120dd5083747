import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { coredns, corednsReplicas, dnsServiceIp } from '#main/cluster/addons/coredns.ts';
import { deployJob } from '#main/cluster/addons/deploy-job.ts';
import { flannel } from '#main/cluster/addons/flannel.ts';
import { textAt } from '#main/cluster/addons/json-path.ts';
import { manifestHash, manifestOf, objectsOf, yamlDocument } from '#main/cluster/addons/manifest.ts';
import { metricsServer } from '#main/cluster/addons/metrics-server.ts';
import type { Cluster } from '#main/cluster/cluster.ts';
import { clusterOf, everyRole } from '#test/fakes/cluster.ts';

const workers = (count: number) => Array.from({ length: count }, () => ['worker'] as const);
const certificates = { kubeCaPem: 'CA', serving: { name: 'metrics-server', certificatePem: 'CERT', keyPem: 'KEY' } };
const all = (cluster: Cluster) => [flannel(cluster), coredns(cluster), metricsServer(cluster, certificates)];
const objectNamed = (cluster: Cluster, kind: string) =>
  all(cluster)
    .flatMap(objectsOf)
    .find((object) => object.kind === kind);

describe('coredns', () => {
  it.each([
    { roles: [everyRole], replicas: 1, why: 'has one replica on a single node' },
    { roles: [everyRole, ['worker'] as const], replicas: 2, why: 'has no single point of failure on two nodes' },
    { roles: [['controlplane', 'etcd'] as const, ...workers(9)], replicas: 3, why: 'has one replica for four workers' },
    {
      roles: Array.from({ length: 3 }, () => ['controlplane', 'etcd'] as const),
      replicas: 2,
      why: 'counts control plane nodes where there is no worker',
    },
  ])('$why', ({ roles, replicas }) => {
    expect(corednsReplicas(clusterOf(roles))).toBe(replicas);
  });

  it('has the tenth address of the service network unless the spec gives one', () => {
    expect(dnsServiceIp(clusterOf([everyRole], { network: { serviceCidr: '10.96.0.0/16' } }))).toBe('10.96.0.10');
    expect(dnsServiceIp(clusterOf([everyRole], { dns: { serviceIp: '10.43.0.53' } }))).toBe('10.43.0.53');
  });

  it('keeps its pods when a worker is added: only the number of replicas changes', () => {
    const template = (cluster: Cluster) => {
      const spec = objectsOf(coredns(cluster)).find(({ kind }) => kind === 'Deployment')?.['spec'];
      return (spec as { template: unknown }).template;
    };
    expect(template(clusterOf([everyRole]))).toEqual(template(clusterOf([everyRole, ['worker'], ['worker']])));
  });
});

describe('the manifests', () => {
  it('depend on the spec only: equal clusters give equal hashes, another port another one', () => {
    const hashes = (cluster: Cluster) => all(cluster).map(manifestHash);
    const other = clusterOf([everyRole], { network: { vxlanPort: 4789 } });
    expect(hashes(clusterOf([everyRole]))).toEqual(hashes(clusterOf([everyRole])));
    expect(manifestHash(flannel(other))).not.toBe(manifestHash(flannel(clusterOf([everyRole]))));
  });

  it('take their images from the registry for system images', () => {
    const registry = { server: 'reg.lab:5000', systemImages: true };
    const cluster = clusterOf([everyRole], { registries: [registry] });
    const images = [...all(cluster).flatMap(objectsOf), ...all(cluster).map((manifest) => deployJob(cluster, manifest))]
      .map((object) => JSON.stringify(object))
      .flatMap((text) => [...text.matchAll(/"image":"([^"]+)"/g)].map((match) => match[1]));
    expect(images.length).toBeGreaterThan(6);
    expect(images.filter((image) => !image?.startsWith('reg.lab:5000/'))).toEqual([]);
  });

  it('verify both ends of metrics-server', () => {
    const cluster = clusterOf([everyRole]);
    const text = JSON.stringify(objectsOf(metricsServer(cluster, certificates)));
    expect(text).toContain('--kubelet-certificate-authority=');
    expect(text).not.toMatch(/kubelet-insecure-tls|insecureSkipTLSVerify|KEY/);
    expect(textAt(objectNamed(cluster, 'APIService'), 'spec', 'caBundle')).toBe('Q0E=');
  });

  it('survive YAML 1.1, in which a plain yes or 012 is no string', () => {
    const data = { yes: 'on', off: '012', a: '1:30', b: '0x1f', c: '2020-01-01', d: '~', e: 'null', n: '1_000' };
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' }, data };
    const read = parseAllDocuments(yamlDocument(object), { version: '1.1' }).map((document): unknown =>
      document.toJS(),
    );
    expect(read).toEqual([object]);
  });
});

describe('the deploy job', () => {
  const cluster = clusterOf([everyRole]);
  const spec = (manifest = flannel(cluster)) =>
    (deployJob(cluster, manifest)['spec'] as { template: { spec: Record<string, unknown> } }).template.spec;

  it('runs on any control plane node, before there is a network, through the API on that node', () => {
    const { hostNetwork, tolerations, nodeName, serviceAccountName, containers } = spec();
    expect([hostNetwork, tolerations, nodeName, serviceAccountName]).toEqual([
      true,
      [{ operator: 'Exists' }],
      undefined,
      'rke-job-deployer',
    ]);
    expect(containers).toMatchObject([
      {
        name: 'rke-network-plugin-pod',
        command: expect.arrayContaining(['kubectl', 'apply', '-f', '/etc/config/rke-network-plugin.yaml']) as unknown,
        env: expect.arrayContaining([{ name: 'KUBERNETES_SERVICE_HOST', value: '127.0.0.1' }]) as unknown,
      },
    ]);
  });

  it('waits until new kinds are served before it applies objects of them', () => {
    const crd = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: 'p' } };
    const pear = { apiVersion: 'ex.io/v1', kind: 'Pear', metadata: { name: 'x' } };
    const { initContainers } = spec(manifestOf('rke-user-addon', 'pears', [pear, crd]));
    expect((initContainers as { command: string[] }[]).map(({ command }) => command[1])).toEqual(['apply', 'wait']);
  });
});
