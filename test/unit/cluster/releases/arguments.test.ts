import { describe, expect, it } from 'vitest';
import { machineNamed } from '#main/cluster/cluster.ts';
import { apiserverContainer } from '#main/cluster/planes/apiserver.ts';
import { kubeProxyConfig, kubeProxyContainer } from '#main/cluster/planes/kube-proxy.ts';
import { checkExtraArgs } from '#main/cluster/releases/arguments.ts';
import { parse } from 'yaml';
import { sampleCluster } from '../planes/sample.ts';

const apiserver = (extraArgs: Record<string, string | null>, part = {}): readonly string[] => {
  const cluster = sampleCluster({ services: { kubeApiserver: { extraArgs } }, ...part });
  return apiserverContainer(cluster, machineNamed(cluster, 'node-1'), []).command;
};
const failure = (act: () => unknown): unknown => {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
};

describe('extra arguments', () => {
  it('replace ours, and null takes one of ours away', () => {
    const command = apiserver({ profiling: 'true', 'etcd-prefix': null });
    expect(command.filter((text) => text.startsWith('--profiling'))).toEqual(['--profiling=true']);
    expect(command.some((text) => text.startsWith('--etcd-prefix'))).toBe(false);
  });

  it('add admission plugins to ours instead of replacing them', () => {
    expect(apiserver({ 'enable-admission-plugins': 'AlwaysPullImages,NodeRestriction' })).toContain(
      '--enable-admission-plugins=NodeRestriction,AlwaysPullImages',
    );
  });

  it('keep the order of the spec file from mattering', () => {
    expect(apiserver({ 'event-ttl': '2h', 'goaway-chance': '0.1' })).toEqual(
      apiserver({ 'goaway-chance': '0.1', 'event-ttl': '2h' }),
    );
  });

  it('switch on an admission plugin that is configured', () => {
    const admissionPlugins = [{ name: 'EventRateLimit', configuration: { limits: [] } }];
    expect(apiserver({}, { api: { admissionPlugins } })).toContain(
      '--enable-admission-plugins=NodeRestriction,EventRateLimit',
    );
  });

  it('of kube-proxy go into its configuration file, which would silence the flags', () => {
    const extraArgs = {
      'conntrack-max-per-core': '0',
      'nodeport-addresses': 'primary',
      'proxy-mode': 'nftables',
      v: '4',
    };
    const cluster = sampleCluster({ services: { kubeProxy: { extraArgs, config: { conntrack: { min: 7 } } } } });
    expect(parse(kubeProxyConfig(cluster))).toMatchObject({
      conntrack: { maxPerCore: 0, min: 7 },
      nodePortAddresses: ['primary'],
      mode: 'nftables',
    });
    expect(kubeProxyContainer(cluster, machineNamed(cluster, 'node-1'), []).command).toEqual([
      '--config=/etc/kubernetes/kube-proxy-config.yaml',
      '--hostname-override=node-1',
      '--v=4',
    ]);
  });
});

describe('checkExtraArgs', () => {
  it.each([
    ['kubeApiserver', 'enable-admission-plugin', 'Did you mean "enable-admission-plugins"?'],
    ['kubelet', '--max-pods', 'Write the name without dashes in front.'],
    ['kubelet', 'pod-infra-container-image', ''],
    ['kubeProxy', 'show-hidden-metrics-for-version', 'set the field under "config" instead'],
  ])('refuses %s %s before anything is changed', (component, flag, hint) => {
    const cluster = sampleCluster({ services: { [component]: { extraArgs: { [flag]: '1' } } } });
    expect(failure(() => checkExtraArgs(cluster))).toMatchObject({
      data: {
        code: 'release.unknown_flag',
        target: `spec.services.${component}.extraArgs`,
        params: { flag, release: 'v1.36.3' },
        hint: expect.stringContaining(hint),
      },
    });
  });

  it('accepts deprecated flags that help hides, and the removal of anything known', () => {
    const extraArgs = { 'default-watch-cache-size': '200', 'event-ttl': null };
    expect(
      failure(() => checkExtraArgs(sampleCluster({ services: { kubeApiserver: { extraArgs } } }))),
    ).toBeUndefined();
  });
});
