import { describe, expect, it } from 'vitest';
import type { ContainerSpec } from '#main/cluster/container-spec.ts';
import { createOptions } from '#main/machines/docker/create-options.ts';

const plain: ContainerSpec = {
  name: 'kube-proxy',
  image: 'registry.test/kube-proxy:v1',
  command: ['--config=/a b'],
  env: ['A=1'],
  mounts: [],
  network: 'bridge',
  privileged: false,
  restart: 'no',
  labels: { one: 'spec', two: 'spec' },
  log: { maxSizeMiB: 10, maxFiles: 3 },
  contentHashes: { '/etc/kubernetes/x': 'abc' },
  firstStartOnly: [],
};

describe('createOptions', () => {
  it('leaves out what the spec leaves to Docker, and rotates logs always', () => {
    expect(createOptions(plain, { two: 'given' })).toEqual({
      name: 'kube-proxy',
      Image: 'registry.test/kube-proxy:v1',
      Cmd: ['--config=/a b'],
      Env: ['A=1'],
      Labels: { one: 'spec', two: 'given' },
      HostConfig: {
        Binds: [],
        NetworkMode: 'bridge',
        Privileged: false,
        RestartPolicy: { Name: 'no' },
        LogConfig: { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '3' } },
      },
    });
  });

  it('passes host namespaces, user, entrypoint and mounts with propagation on', () => {
    const kubelet: ContainerSpec = {
      ...plain,
      entrypoint: ['/bin/kubelet'],
      user: '0:0',
      network: 'host',
      pid: 'host',
      ipc: 'host',
      cgroupns: 'host',
      privileged: true,
      restart: 'always',
      mounts: [
        { from: '/var/lib/kubelet', to: '/var/lib/kubelet', readOnly: false, propagation: 'rshared' },
        { from: '/lib/modules', to: '/lib/modules', readOnly: true },
      ],
    };
    expect(createOptions(kubelet, {})).toMatchObject({
      Entrypoint: ['/bin/kubelet'],
      User: '0:0',
      HostConfig: {
        Binds: ['/var/lib/kubelet:/var/lib/kubelet:rw,rshared', '/lib/modules:/lib/modules:ro'],
        NetworkMode: 'host',
        PidMode: 'host',
        IpcMode: 'host',
        CgroupnsMode: 'host',
        Privileged: true,
        RestartPolicy: { Name: 'always' },
      },
    });
  });
});
