import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { buildKubeconfig, kubeconfigNames } from '#main/cluster/kubeconfig/build.ts';
import { mergeKubeconfig, removeFromKubeconfig } from '#main/cluster/kubeconfig/merge.ts';
import { sampleCluster, sampleMaterial } from '../planes/sample.ts';

const cluster = sampleCluster();
const names = kubeconfigNames(cluster);
const ours = buildKubeconfig(cluster, sampleMaterial(cluster));
const options = { use: false, file: '~/.kube/config' };

const existing = `# my clusters
apiVersion: v1
kind: Config
preferences:
  colors: true
extensions:
  - name: tool
    extension: { last: 7 }
clusters:
  # do not touch
  - name: prod
    cluster: { server: https://prod.example, extensions: [{ name: minikube.sigs.k8s.io }] }
  - name: demo
    cluster:
      server: https://old.example:6443
users:
  - name: me
    user: { exec: { command: aws, args: [eks], apiVersion: client.authentication.k8s.io/v1 } }
contexts:
  - name: prod
    context: { cluster: prod, user: me, namespace: web }
current-context: prod
`;

describe('buildKubeconfig', () => {
  it('has the endpoint of the spec first and a context for each control plane', () => {
    const machines = [1, 2, 3].map((n) => ({
      name: `node-${String(n)}`,
      address: `10.0.0.${String(n)}`,
      roles: ['etcd' as const, 'controlplane' as const],
    }));
    const many = sampleCluster({ machines, api: { endpoint: 'api.example.org' } });
    const config = parse(buildKubeconfig(many, sampleMaterial(many)));
    expect(config.clusters.map((entry: { cluster: { server: string } }) => entry.cluster.server)).toEqual([
      'https://api.example.org:6443',
      'https://10.0.0.1:6443',
      'https://10.0.0.2:6443',
      'https://10.0.0.3:6443',
    ]);
    expect(config.contexts.map(({ name }: { name: string }) => name)).toEqual([
      'demo',
      'demo-node-1',
      'demo-node-2',
      'demo-node-3',
    ]);
    expect(config['current-context']).toBe('demo');
    expect(atob(config.users[0].user['client-key-data'])).toBe('key of kube-admin\n');
  });
});

describe('mergeKubeconfig', () => {
  it('keeps everything that is not ours, and replaces what is ours in place', () => {
    const merged = mergeKubeconfig(existing, ours, names, options);
    const [before, after, own] = [parse(existing), parse(merged), parse(ours)];
    expect(after).toEqual({
      ...before,
      clusters: [before.clusters[0], ...own.clusters],
      users: [...before.users, ...own.users],
      contexts: [...before.contexts, ...own.contexts],
    });
    expect(merged).toContain('# my clusters');
    expect(merged).toContain('# do not touch');
  });

  it('gives the same text when it is done twice', () => {
    const once = mergeKubeconfig(existing, ours, names, options);
    expect(mergeKubeconfig(once, ours, names, options)).toBe(once);
  });

  it('becomes the current context only when asked, or when there is none', () => {
    expect(parse(mergeKubeconfig(existing, ours, names, options))['current-context']).toBe('prod');
    expect(parse(mergeKubeconfig(existing, ours, names, { ...options, use: true }))['current-context']).toBe('demo');
    const empty = 'apiVersion: v1\nkind: Config\nclusters: null\ncontexts: null\nusers: null\ncurrent-context: ""\n';
    expect(parse(mergeKubeconfig(empty, ours, names, options))).toEqual(parse(ours));
    expect(mergeKubeconfig(undefined, ours, names, options)).toBe(ours);
  });

  it.each(['clusters: [', '- a list', 'just text'])('never overwrites what it cannot understand: %s', (text) => {
    expect(() => mergeKubeconfig(text, ours, names, options)).toThrow(
      expect.objectContaining({ data: expect.objectContaining({ code: 'kubeconfig.unreadable' }) }),
    );
  });

  it('is undone by removing', () => {
    const merged = mergeKubeconfig(existing, ours, names, { ...options, use: true });
    const left = parse(removeFromKubeconfig(merged, names, 'x'));
    const before = parse(existing);
    expect(left).toEqual({ ...before, clusters: [before.clusters[0]], 'current-context': '' });
  });
});
