import { buffer } from 'node:stream/consumers';
import type Docker from 'dockerode';
import * as v from 'valibot';
import { containerLabels } from '#main/cluster/container-spec.ts';
import type { DockerPort, FoundContainer, FoundFile, RegistryLogin } from '#main/cluster/ports.ts';
import { dockerErrors } from '#shared/errors/docker.ts';
import { filesOf, foundFile, tarOf } from '../files.ts';
import { answerOf, callError, pullError } from './classify.ts';
import type { DockerClients } from './client.ts';
import { createOptions } from './create-options.ts';
import { digestOf, isNamed } from './image-names.ts';
import { logLines } from './log-lines.ts';
import { linesOf, parsePullMessage, pullProgress } from './pull-progress.ts';

const Ended = v.object({ StatusCode: v.number() });

/** Docker's Engine API on the machines, each over its own SSH connection. */
export function dockerPort(clients: DockerClients): DockerPort {
  /** A call about one container. `harmless` are statuses that mean "it is so already". */
  async function about<T>(
    machine: string,
    name: string,
    verb: string,
    signal: AbortSignal,
    work: (container: Docker.Container, docker: Docker) => Promise<T>,
    harmless: readonly number[] = [],
  ): Promise<T | undefined> {
    return clients.call(
      machine,
      signal,
      async (docker) => {
        try {
          return await work(docker.getContainer(name), docker);
        } catch (error) {
          if (harmless.includes(answerOf(error).status ?? 0)) return undefined;
          throw error;
        }
      },
      (error) => callError(error, machine, name, `${verb} ${name}`),
    );
  }

  return {
    async list(machine, signal) {
      const listed = await clients.call(
        machine,
        signal,
        (docker) => docker.listContainers({ all: true, abortSignal: signal }),
        (error) => callError(error, machine, '', 'list its containers'),
      );
      return listed.map(foundInList).sort((a, b) => (a.name < b.name ? -1 : 1));
    },

    async inspect(machine, name, signal) {
      const look = (container: Docker.Container) => container.inspect({ abortSignal: signal });
      const info = await about(machine, name, 'inspect', signal, look, [404]);
      return info && foundByInspect(info);
    },

    async create(machine, spec, labels, signal) {
      const options = { ...createOptions(spec, labels), abortSignal: signal };
      await about(machine, spec.name, 'create', signal, (_, docker) => docker.createContainer(options));
    },

    async start(machine, name, signal) {
      const start = (container: Docker.Container) => container.start({ abortSignal: signal });
      await clients.call(
        machine,
        signal,
        async (docker) => {
          try {
            await start(docker.getContainer(name));
          } catch (error) {
            if (answerOf(error).status !== 304) throw error;
          }
        },
        (error) => {
          const { status, message } = answerOf(error);
          // 400 and 500 here are the container's own fault: a missing binary, a mount that cannot be made.
          if (status === undefined || status === 404 || /no space left/i.test(message))
            return callError(error, machine, name, `start ${name}`);
          return dockerErrors.start_failed(
            { machine, container: name, reason: message },
            { target: machine, cause: error },
          );
        },
      );
    },

    async stop(machine, name, graceSeconds, signal) {
      const stop = (container: Docker.Container) => container.stop({ t: graceSeconds, abortSignal: signal });
      await about(machine, name, 'stop', signal, stop, [304]);
    },

    async rename(machine, name, to, signal) {
      const rename = (container: Docker.Container) => container.rename({ name: to, abortSignal: signal });
      await about(machine, name, 'rename', signal, rename);
    },

    async remove(machine, name, signal) {
      const options = { force: true, v: true, abortSignal: signal };
      const remove = async (container: Docker.Container) => {
        await container.remove(options);
        return 'removed';
      };
      const removed = await about(machine, name, 'remove', signal, remove, [404, 409]);
      // 409: "removal is already in progress". Gone is gone only when it is gone.
      if (removed === undefined)
        await about(
          machine,
          name,
          'remove',
          signal,
          async (container) => {
            await container.wait({ condition: 'removed', abortSignal: signal });
          },
          [404],
        );
    },

    async wait(machine, name, signal) {
      const exitCode = await about(machine, name, 'wait for', signal, async (container) => {
        return v.parse(Ended, await container.wait({ condition: 'not-running', abortSignal: signal })).StatusCode;
      });
      return { exitCode: exitCode ?? -1 };
    },

    async logs(machine, name, tailLines, signal) {
      const options = { stdout: true, stderr: true, tail: tailLines, abortSignal: signal } as const;
      const log = await about(machine, name, 'read the log of', signal, (container) =>
        container.logs({ ...options, follow: false }),
      );
      return logLines(log ?? Buffer.alloc(0));
    },

    async upload(machine, name, files, signal) {
      if (files.length === 0) return;
      const archive = await tarOf(files.map((file) => ({ ...file, path: file.path.replace(/^\/+/, '') })));
      await about(machine, name, 'copy files into', signal, async (container) => {
        await container.putArchive(archive, { path: '/', abortSignal: signal });
      });
    },

    async download(machine, name, folder, signal) {
      const found = new Map<string, FoundFile>();
      const files = await about(
        machine,
        name,
        'copy files from',
        signal,
        async (container) => filesOf(await container.getArchive({ path: folder, abortSignal: signal })),
        [404],
      );
      // 404 is the folder's absence or the container's.
      if (!files && !(await this.inspect(machine, name, signal)))
        throw dockerErrors.container_missing({ machine, container: name }, { target: machine });
      const parent = folder.replace(/\/[^/]*\/?$/, '');
      for (const { path, mode, content } of files ?? []) found.set(`${parent}/${path}`, foundFile(content, mode));
      return found;
    },

    async exec(machine, name, argv, signal) {
      const result = await about(machine, name, 'run a command in', signal, async (container) => {
        const options = { Cmd: [...argv], AttachStdout: true, AttachStderr: true, abortSignal: signal };
        const exec = await container.exec(options);
        const output = await buffer(await exec.start({ hijack: false, stdin: false, abortSignal: signal }));
        const { ExitCode } = await exec.inspect({ abortSignal: signal });
        return { exitCode: ExitCode ?? -1, lines: logLines(output) };
      });
      return result ?? { exitCode: -1, lines: [] };
    },

    async pull(machine, image, login, onProgress, signal) {
      return clients.call(
        machine,
        signal,
        async (docker) => {
          const options = { abortSignal: signal, ...(login ? { authconfig: authConfig(login) } : {}) };
          const messages = linesOf(await docker.pull(image, options));
          const progressOf = pullProgress(image);
          for await (const line of messages) {
            const message = parsePullMessage(line);
            const problem = message.errorDetail?.message ?? message.error;
            if (problem !== undefined) throw new Error(problem);
            const progress = progressOf(message);
            if (progress) onProgress(progress);
          }
          return digestOf(image, await docker.getImage(image).inspect());
        },
        (error) => pullError(error, machine, image),
      );
    },

    async images(machine, images, signal) {
      const listed = await clients.call(
        machine,
        signal,
        (docker) => docker.listImages({ abortSignal: signal }),
        (error) => callError(error, machine, '', 'list its images'),
      );
      const found = new Map<string, string>();
      for (const image of images) {
        const match = listed.find((candidate) => isNamed(image, candidate));
        if (match) found.set(image, digestOf(image, match));
      }
      return found;
    },
  };
}

function authConfig({ server, username, password }: RegistryLogin) {
  return { username, password, serveraddress: server };
}

/** Docker's list has no restart count: 0 here, the real one by `inspect`. */
function foundInList(info: Docker.ContainerInfo): FoundContainer {
  return {
    id: info.Id,
    name: (info.Names[0] ?? '').replace(/^\//, ''),
    image: info.Image,
    running: info.State === 'running',
    exitCode: Number(/^Exited \((\d+)\)/.exec(info.Status)?.[1] ?? 0),
    restartCount: 0,
    ...fromLabels(info.Labels),
  };
}

function foundByInspect(info: Docker.ContainerInspectInfo): FoundContainer {
  return {
    id: info.Id,
    name: info.Name.replace(/^\//, ''),
    image: info.Config.Image,
    // Between two tries of a restart policy Docker says both "running" and "restarting".
    running: info.State.Running && !info.State.Restarting,
    exitCode: info.State.ExitCode,
    restartCount: info.RestartCount,
    ...fromLabels(info.Config.Labels),
  };
}

function fromLabels(labels: Readonly<Record<string, string>>) {
  return { owner: labels[containerLabels.owner], specHash: labels[containerLabels.specHash], labels };
}
