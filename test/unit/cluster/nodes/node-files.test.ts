import { describe, expect, it } from 'vitest';
import { machineNamed } from '#main/cluster/cluster.ts';
import { allFiles, nodeFiles } from '#main/cluster/nodes/node-files.ts';
import { clusterOf, everyRole } from '#test/fakes/cluster.ts';
import { freshFacts } from '#test/fakes/world/machine.ts';

const cluster = clusterOf([everyRole], {
  registries: [
    {
      server: 'r.example:5000',
      username: 'bob',
      password: 'env:P',
      ca: '-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n',
      systemImages: true,
      mirrorOf: ['docker.io'],
    },
  ],
});
const login = { server: 'r.example:5000', username: 'bob', password: 'geheim' };

function textOf(path: string, containerd: string): string {
  const facts = { ...freshFacts('m1', '10.0.0.1'), containerd: { version: containerd } };
  const files = nodeFiles(cluster, machineNamed(cluster, 'm1'), facts, {
    daemonJson: undefined,
    logins: new Map([[login.server, login]]),
  });
  const file = allFiles(files).find((each) => each.path === path);
  return file ? `${file.mode.toString(8)}\n${new TextDecoder().decode(file.content)}` : 'absent';
}

describe('nodeFiles', () => {
  it('configures CRI in the form of containerd 1.7', () => {
    const config = textOf('/etc/containerd/config.toml', '1.7.24~ds1');
    expect(config).toContain('version = 2\ndisabled_plugins = []');
    expect(config).toContain('sandbox_image = "r.example:5000/pause:3.10.1"');
    expect(config).toContain('[plugins."io.containerd.grpc.v1.cri".cni]\n  bin_dir = "/opt/cni/bin"');
    expect(config).toContain('SystemdCgroup = true');
    expect(config).toContain('config_path = "/etc/containerd/certs.d"');
  });

  it('configures CRI in the form of containerd 2', () => {
    const config = textOf('/etc/containerd/config.toml', 'v2.1.9');
    expect(config).toContain('version = 3');
    expect(config).toContain(
      `[plugins.'io.containerd.cri.v1.images'.pinned_images]\n  sandbox = "r.example:5000/pause:3.10.1"`,
    );
    expect(config).toContain("[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]");
  });

  it('gives containerd each registry with its CA and login, readable by root only', () => {
    const basic = Buffer.from('bob:geheim').toString('base64');
    // Inside a [host] table: containerd 1.7 refuses a hosts.toml without any.
    expect(textOf('/etc/containerd/certs.d/r.example:5000/hosts.toml', '1.7.24')).toBe(
      [
        '600',
        'server = "https://r.example:5000"',
        '',
        '[host."https://r.example:5000"]',
        '  capabilities = ["pull", "resolve"]',
        '  ca = "/etc/containerd/certs.d/r.example:5000/ca.crt"',
        '  [host."https://r.example:5000".header]',
        `    Authorization = "Basic ${basic}"`,
        '',
      ].join('\n'),
    );
  });

  it('asks a mirror before the registry that it mirrors', () => {
    const hosts = textOf('/etc/containerd/certs.d/docker.io/hosts.toml', '1.7.24');
    expect(hosts).toMatch(/^600\nserver = "https:\/\/registry-1.docker.io"\n\n\[host."https:\/\/r.example:5000"\]/);
  });

  it('tells Docker the registry’s CA', () => {
    expect(textOf('/etc/docker/certs.d/r.example:5000/ca.crt', '1.7.24')).toContain('BEGIN CERTIFICATE');
  });

  it('keeps udev from changing the MAC of flannel', () => {
    expect(textOf('/etc/systemd/network/50-slipway-flannel.link', '1.7.24')).toContain('MACAddressPolicy=none');
  });
});
