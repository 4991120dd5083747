import { describe, expect, it } from 'vitest';
import { imagesOf } from '#main/cluster/nodes/images-of-machine.ts';
import { machineNamed } from '#main/cluster/cluster.ts';
import { clusterOf } from '#test/fakes/cluster.ts';

const cluster = clusterOf([['etcd'], ['controlplane'], ['worker'], ['worker']]);
const names = (machine: string) => {
  const { docker, pods } = imagesOf(cluster, machineNamed(cluster, machine));
  const short = (image: string): string => image.replace(/^.*\//, '').replace(/:.*$/, '');
  return { docker: docker.map(short).sort(), pods: pods.map(short).sort() };
};

describe('imagesOf', () => {
  it('gives each role what it runs and nothing else', () => {
    expect(names('m1').docker).toEqual(['etcd', 'kube-proxy', 'kubelet', 'nginx']);
    expect(names('m2').docker).toEqual([
      'kube-apiserver',
      'kube-controller-manager',
      'kube-proxy',
      'kube-scheduler',
      'kubelet',
      'nginx',
    ]);
    expect(names('m3').docker).toEqual(['kube-proxy', 'kubelet', 'nginx']);
  });

  it('gives add-ons to workers and the deployer’s kubectl to control planes', () => {
    expect(names('m2').pods).toEqual(['flannel', 'hardened-cni-plugins', 'kubectl', 'pause']);
    expect(names('m3').pods).toEqual(['coredns', 'flannel', 'hardened-cni-plugins', 'metrics-server', 'pause']);
  });
});
