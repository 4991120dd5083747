import { stringify } from 'yaml';
import { certificateNames, sslFolder } from '../certificates/names.ts';
import type { Cluster, Machine } from '../cluster.ts';
import type { ContainerSpec } from '../container-spec.ts';
import type { RemoteFile } from '../ports.ts';
import type { ConfigField } from '../releases/config-fields.ts';
import { machineValues } from './flag-values.ts';
import { mergedConfig } from './merged-config.ts';
import { componentContainer, kubernetesMount } from './service-container.ts';

export function kubeProxyContainer(cluster: Cluster, machine: Machine, files: readonly RemoteFile[]): ContainerSpec {
  return componentContainer(cluster, 'kubeProxy', 'kubeProxy', machineValues(cluster, machine), files, {
    name: 'kube-proxy',
    privileged: true,
    pid: 'host',
    mounts: [
      kubernetesMount,
      { from: '/lib/modules', to: '/lib/modules', readOnly: true },
      // iptables takes its lock in /run/xtables.lock, which it must share with everyone on the host.
      { from: '/run', to: '/run', readOnly: false },
    ],
  });
}

/** KubeProxyConfiguration v1alpha1, the only version there is. */
export function kubeProxyConfig(cluster: Cluster): string {
  const { extraArgs, config: theirs } = cluster.spec.services.kubeProxy;
  const ours = {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    bindAddress: '0.0.0.0',
    clientConnection: { kubeconfig: `${sslFolder}/kubecfg-${certificateNames.kubeProxy}.yaml` },
    clusterCIDR: cluster.spec.network.podCidr,
    healthzBindAddress: '127.0.0.1:10256',
    metricsBindAddress: '127.0.0.1:10249',
    // Named, because the default is about to change and 1.37 warns without it.
    mode: 'iptables',
  };
  const fields = cluster.release.dialect.configFields.kubeProxy;
  const fromFlags = Object.entries(extraArgs)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .reduce((config: unknown, [flag, value]) => {
      const field = fields[flag];
      return field ? mergedConfig(config, nested(field.path, configValue(field, value))) : config;
    }, ours);
  return stringify(mergedConfig(fromFlags, theirs));
}

function nested(path: readonly string[], value: unknown): unknown {
  return path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
}

function configValue({ kind }: ConfigField, value: string | null): unknown {
  if (value === null) return null;
  if (kind === 'number') return Number(value);
  if (kind === 'boolean') return value === 'true' || value === '';
  return kind === 'list' ? value.split(',') : value;
}
