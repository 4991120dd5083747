import type { Cluster, Machine } from '../cluster.ts';
import type { ContainerSpec } from '../container-spec.ts';
import type { RemoteFile } from '../ports.ts';
import type { FlagValues } from '../releases/arguments.ts';
import { apiserverValues } from './flag-values.ts';
import { componentContainer, kubernetesMount } from './service-container.ts';

export function apiserverContainer(cluster: Cluster, machine: Machine, files: readonly RemoteFile[]): ContainerSpec {
  const values: FlagValues = apiserverValues(cluster, machine);
  const auditFolder = '/var/log/kube-audit';
  const spec = componentContainer(cluster, 'kubeApiserver', 'kubeApiserver', values, files, {
    name: 'kube-apiserver',
    mounts: [
      kubernetesMount,
      ...(cluster.spec.api.audit.enabled ? [{ from: auditFolder, to: auditFolder, readOnly: false }] : []),
    ],
  });
  return { ...spec, command: spec.command.map((argument) => withConfiguredPlugins(cluster, argument)) };
}

/** A configured admission plugin is meant to work: a configuration alone does not switch it on. */
function withConfiguredPlugins(cluster: Cluster, argument: string): string {
  const prefix = '--enable-admission-plugins=';
  if (!argument.startsWith(prefix)) return argument;
  const enabled = argument.slice(prefix.length).split(',');
  const configured = cluster.spec.api.admissionPlugins.map(({ name }) => name).sort();
  return prefix + [...new Set([...enabled, ...configured])].join(',');
}
