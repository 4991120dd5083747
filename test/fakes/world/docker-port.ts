import { containerLabels } from '#main/cluster/container-spec.ts';
import type { DockerPort, FoundContainer } from '#main/cluster/ports.ts';
import type { Changes } from './changes.ts';
import { notModelled } from './changes.ts';
import { digestOf, type FakeContainer, type FakeFile, type FakeMachine, foundFile, putFile } from './machine.ts';
import type { FindMachine } from './machines-port.ts';

/** What happens when a container starts; answers its output and exit code when it ends at once. */
export type StartContainer = (
  machine: FakeMachine,
  container: FakeContainer,
) => { readonly exitCode: number; readonly lines: readonly string[] } | { readonly lines: readonly string[] };

export function fakeDocker(
  find: FindMachine,
  changes: Changes,
  onStart: StartContainer,
  settle: () => void,
): DockerPort {
  const change = (machine: FakeMachine, what: string): void => {
    changes.record(`${machine.name}: ${what}`);
    settle();
  };
  const findDocker: FindMachine = (name) => {
    const machine = find(name);
    if (!machine.facts.docker) throw new Error(`Docker does not answer on ${name}`);
    return machine;
  };
  const container = (machine: FakeMachine, name: string): FakeContainer =>
    machine.containers.get(name) ?? notModelled(`a call on the absent container ${name} of ${machine.name}`);

  return {
    list: async (name) => [...findDocker(name).containers].map(([key, found]) => foundContainer(key, found)),
    inspect: async (name, key) => {
      const found = findDocker(name).containers.get(key);
      return found && foundContainer(key, found);
    },
    create: async (name, spec, labels) => {
      const machine = findDocker(name);
      if (machine.containers.has(spec.name)) throw new Error(`Conflict: ${spec.name} exists on ${name}`);
      if (!machine.dockerImages.has(spec.image)) throw new Error(`No such image on ${name}: ${spec.image}`);
      machine.containers.set(spec.name, {
        id: `${name}-${spec.name}`,
        spec,
        labels: { ...spec.labels, ...labels },
        running: false,
        exitCode: 0,
        files: new Map(),
        logs: [],
      });
      change(machine, `create ${spec.name}`);
    },
    start: async (name, key) => {
      const machine = findDocker(name);
      const started = container(machine, key);
      if (started.running) return;
      const result = onStart(machine, started);
      started.logs.push(...result.lines);
      started.running = !('exitCode' in result);
      if ('exitCode' in result) started.exitCode = result.exitCode;
      change(machine, `start ${key}`);
    },
    stop: async (name, key) => {
      const machine = findDocker(name);
      const stopped = container(machine, key);
      if (!stopped.running) return;
      stopped.running = false;
      change(machine, `stop ${key}`);
    },
    rename: async (name, key, to) => {
      const machine = findDocker(name);
      const found = container(machine, key);
      if (machine.containers.has(to)) throw new Error(`Conflict: ${to} exists on ${name}`);
      machine.containers.delete(key);
      machine.containers.set(to, found);
      change(machine, `rename ${key} to ${to}`);
    },
    remove: async (name, key) => {
      const machine = findDocker(name);
      if (machine.containers.delete(key)) change(machine, `remove ${key}`);
    },
    wait: async (name, key) => {
      const waited = container(findDocker(name), key);
      if (waited.running) notModelled(`the end of the long-running container ${key}`);
      return { exitCode: waited.exitCode };
    },
    logs: async (name, key, tailLines) => container(findDocker(name), key).logs.slice(-tailLines),
    upload: async (name, key, files) => {
      const machine = findDocker(name);
      const into = container(machine, key);
      for (const file of files) {
        const { where, path, shared } = resolvePath(machine, into, file.path);
        if (putFile(where, { ...file, path })) change(machine, shared ? `write ${path}` : `upload ${path} to ${key}`);
      }
    },
    download: async (name, key, folder) => downloaded(findDocker(name), container(findDocker(name), key), folder),
    exec: async (_name, key, argv) => notModelled(`exec of ${argv.join(' ')} in ${key}`),
    pull: async (name, image, _login, onProgress) => {
      const machine = findDocker(name);
      onProgress({ label: image, done: 1, total: 1, unit: 'bytes' });
      if (!machine.dockerImages.has(image)) {
        machine.dockerImages.set(image, digestOf(image));
        change(machine, `pull ${image}`);
      }
      return digestOf(image);
    },
    images: async (name, images) => {
      const { dockerImages } = findDocker(name);
      return new Map(
        images.flatMap((image) => {
          const digest = dockerImages.get(image);
          return digest === undefined ? [] : [[image, digest] as const];
        }),
      );
    },
  };
}

function foundContainer(name: string, { id, spec, labels, running, exitCode }: FakeContainer): FoundContainer {
  return {
    id,
    name,
    image: spec.image,
    running,
    exitCode,
    restartCount: 0,
    owner: labels[containerLabels.owner],
    specHash: labels[containerLabels.specHash],
    labels,
  };
}

/** A path in a container is the machine's own where a folder is mounted: what is copied there stays. */
function resolvePath(
  machine: FakeMachine,
  { spec, files }: FakeContainer,
  path: string,
): { readonly where: Map<string, FakeFile>; readonly path: string; readonly shared: boolean } {
  const mount = [...spec.mounts]
    .sort((a, b) => b.to.length - a.to.length)
    .find(({ to }) => path === to || path.startsWith(to.endsWith('/') ? to : `${to}/`));
  if (!mount) return { where: files, path, shared: false };
  return { where: machine.files, path: `${mount.from}${path.slice(mount.to.length)}`, shared: true };
}

function downloaded(machine: FakeMachine, from: FakeContainer, folder: string) {
  const { where, path, shared } = resolvePath(machine, from, folder);
  const below = path.endsWith('/') ? path : `${path}/`;
  const toContainer = (found: string): string => (shared ? `${folder}${found.slice(path.length)}` : found);
  return new Map(
    [...where].flatMap(([found, file]) =>
      found.startsWith(below) || found === path ? [[toContainer(found), foundFile(file)] as const] : [],
    ),
  );
}
