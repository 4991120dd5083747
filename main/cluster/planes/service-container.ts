import type { Cluster } from '../cluster.ts';
import { containerLabels, type ContainerSpec, type Mount } from '../container-spec.ts';
import type { RemoteFile } from '../ports.ts';
import { sha256Hex } from '../sha256.ts';
import { componentArguments, type FlagValues } from '../releases/arguments.ts';
import type { Component } from '../releases/flags.ts';
import { systemImage } from '../releases/images.ts';
import type { ReleaseImages } from '../releases/release.ts';

/** What every long-running container of ours has in common (rke-reference.md 7.1; logs rotate, unlike Docker's default). */
export function serviceContainer(
  name: string,
  image: string,
  parts: Partial<ContainerSpec> & Pick<ContainerSpec, 'command' | 'mounts'>,
): ContainerSpec {
  return {
    name,
    image,
    env: [],
    network: 'host',
    privileged: false,
    restart: 'always',
    labels: { [containerLabels.rkeName]: name },
    log: { maxSizeMiB: 50, maxFiles: 3 },
    contentHashes: {},
    firstStartOnly: [],
    ...parts,
  };
}

/** A Kubernetes component or etcd: entrypoint, flags and sidekick are the dialect's matter. */
export function componentContainer(
  cluster: Cluster,
  component: Component,
  image: keyof ReleaseImages,
  values: FlagValues,
  files: readonly RemoteFile[],
  parts: Partial<ContainerSpec> & Pick<ContainerSpec, 'name' | 'mounts'>,
): ContainerSpec {
  const { dialect } = cluster.release;
  const command = componentArguments(dialect, component, values, flagsOf(cluster, component));
  // etcd's image brings its own program; all else of RKE1 starts through the script of the sidekick.
  const sidekick = component === 'etcd' ? undefined : dialect.sidekick;
  return serviceContainer(parts.name, systemImage(cluster, image), {
    entrypoint: dialect.entrypoints[component],
    command,
    contentHashes: contentHashes(command, files),
    ...(sidekick === undefined ? {} : { volumesFrom: [sidekick] }),
    ...parts,
  });
}

/** kube-proxy ignores most flags when it has a configuration file; there they are translated instead. */
function flagsOf(cluster: Cluster, component: Component): Readonly<Record<string, string | null>> {
  const { extraArgs } = cluster.spec.services[component];
  const fields = cluster.release.dialect.configFields[component];
  return Object.fromEntries(Object.entries(extraArgs).filter(([flag]) => !(flag in fields)));
}

/**
 * `path → sha256` of the files that a component reads at its start: those that its command names, and those that these
 * name in turn (a kubeconfig its key). So exactly the readers of a changed certificate restart.
 */
export function contentHashes(command: readonly string[], files: readonly RemoteFile[]): Record<string, string> {
  const read = new Map<string, RemoteFile>();
  const texts = [command.join('\n')];
  for (let text = texts.pop(); text !== undefined; text = texts.pop()) {
    for (const file of files) {
      if (read.has(file.path) || !names(text, file.path)) continue;
      read.set(file.path, file);
      texts.push(new TextDecoder().decode(file.content));
    }
  }
  const paths = [...read.keys()].sort();
  return Object.fromEntries(paths.map((path) => [path, sha256Hex(read.get(path)?.content ?? '')]));
}

function names(text: string, path: string): boolean {
  const at = text.indexOf(path);
  return at >= 0 && !/[-\w.]/.test(text[at + path.length] ?? '');
}

export const kubernetesFolder = '/etc/kubernetes';

/** A folder and not single files: a file that is replaced keeps its old inode in a bind mount. */
export const kubernetesMount: Mount = { from: kubernetesFolder, to: kubernetesFolder, readOnly: true };
