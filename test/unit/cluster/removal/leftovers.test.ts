import { describe, expect, it } from 'vitest';
import { leftoversOf, leftoverTable } from '#main/cluster/removal/leftovers.ts';
import { clusterOf, everyRole } from '#test/fakes/cluster.ts';

const cluster = clusterOf([everyRole]);

describe('what Kubernetes leaves', () => {
  it('is nothing where no component was ever started', () => {
    expect(leftoversOf(cluster, new Set(['rke-port-listener', 'cert-deployer']))).toEqual({
      pods: false,
      folders: [],
      files: [],
      emptyFolders: [],
      devices: [],
      chains: [],
    });
  });

  it("is not etcd's data on a machine without a member", () => {
    const { folders, pods, devices } = leftoversOf(cluster, new Set(['kubelet', 'kube-proxy', 'nginx-proxy']));
    expect(folders).not.toContain('/var/lib/etcd');
    expect([pods, devices]).toEqual([true, ['flannel.1', 'cni0', 'kube-ipvs0']]);
  });

  it('is not what a network plugin of the person made', () => {
    const own = clusterOf([everyRole], { network: { plugin: 'none' } });
    const { files, devices, chains, folders } = leftoversOf(own, new Set(['kubelet']));
    expect(files.filter((path) => /flannel|opt.cni/.test(path))).toEqual([]);
    expect([devices, chains]).toEqual([[], ['KUBE-']]);
    expect(folders).toContain('/var/lib/kubelet');
  });

  it('is deep enough in the tree, and none of it a folder of everybody', () => {
    const folders = leftoverTable.filter(({ kind }) => kind === 'folder').map(({ name }) => name);
    expect(folders.filter((name) => !/^\/(var\/lib|var\/log|run)\/[a-z/0-9-]+$/.test(name))).toEqual([]);
    for (const shared of ['/var/lib/cni', '/var/lib/cni/networks', '/var/lib/docker', '/etc/kubernetes', '/etc/cni']) {
      expect(folders).not.toContain(shared);
    }
  });
});
