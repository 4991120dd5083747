import { readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Docker from 'dockerode';
import { folderOf, ensureBuilt } from './artefacts/artefact.ts';
import { ociWrapper } from './artefacts/machine-root.ts';
import { running, startInBackground, stopInBackground, untilAnswering, type Background } from './background.ts';
import { folders, runFolder } from './folders.ts';
import { lock } from './lock.ts';
import type { Progress } from './progress.ts';

const ownSocket = join(runFolder, 'docker.sock');
const dockerdPidFile = join(runFolder, 'dockerd.json');
const containerdPidFile = join(runFolder, 'containerd.json');
const runtimeName = 'slipway-lab';

/**
 * The Docker the labs' machines are containers of: the lab's own when it runs, else one that is there and can run whole
 * machines, else the lab's own, started now and left running.
 */
export async function ensureDaemon(progress: Progress): Promise<Docker> {
  const found = await findDaemon();
  if (found) return found;
  await ensureBuilt(ociWrapper, progress);
  await using _held = await lock('daemon', (pid) => progress.note(`process ${pid} starts Docker`));
  return (await answering(ownSocket)) ?? (await progress.step('start Docker', startOwnDaemon));
}

/** The one that is there, for those who only look or clean up. */
export async function findDaemon(): Promise<Docker | undefined> {
  const own = await answering(ownSocket);
  if (own) return own;
  const named = process.env['DOCKER_HOST'] ?? 'unix:///var/run/docker.sock';
  // Registries listen on this computer's end of the machines' network: a Docker elsewhere would not reach them.
  if (!named.startsWith('unix://')) return undefined;
  const existing = await answering(named.slice('unix://'.length));
  return existing && (await runsMachines(existing)) ? existing : undefined;
}

/** Stops the lab's own Docker. One that was there before is never touched. */
export async function stopOwnDaemon(): Promise<void> {
  await using _held = await lock('daemon');
  await stopInBackground(dockerdPidFile, 30_000);
  await stopInBackground(containerdPidFile, 10_000);
}

async function answering(socketPath: string): Promise<Docker | undefined> {
  const docker = new Docker({ socketPath });
  try {
    await docker.ping();
    return docker;
  } catch {
    return undefined; // not there, not ours to use, or just starting: in each case we go on without it
  }
}

async function runsMachines(docker: Docker): Promise<boolean> {
  if (!lacksSysResource()) return true;
  const facts: { DefaultRuntime?: string } = await docker.info();
  return facts.DefaultRuntime === runtimeName;
}

/** Bit 24 of the bounding set: without it this computer's own runc cannot start a privileged container. */
function lacksSysResource(): boolean {
  const set = /^CapBnd:\s*([0-9a-f]+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? 'ffffffff';
  return ((BigInt(`0x${set}`) >> 24n) & 1n) === 0n;
}

/**
 * containerd is started apart rather than by dockerd: dockerd would use the computer's own one if that runs, and leaves
 * its child behind when it is killed.
 */
async function startOwnDaemon(): Promise<Docker> {
  await stopInBackground(dockerdPidFile, 10_000); // hangs, or it would have answered
  await stopInBackground(containerdPidFile, 10_000);
  // Docker's own pid file: a process of another kind may have that number by now, and dockerd would refuse to start.
  await rm(join(runFolder, 'dockerd.pid'), { force: true });
  await mkdir(runFolder, { recursive: true });
  await mkdir(folders.daemon, { recursive: true });

  const containerdSocket = join(runFolder, 'containerd.sock');
  const containerdConfig = join(runFolder, 'containerd.toml');
  await writeFile(
    containerdConfig,
    [
      'version = 2',
      `root = "${join(folders.daemon, 'containerd')}"`,
      `state = "${join(runFolder, 'containerd')}"`,
      'disabled_plugins = ["io.containerd.grpc.v1.cri"]',
      `[grpc]\n  address = "${containerdSocket}"`,
      `[ttrpc]\n  address = "${containerdSocket}.ttrpc"`,
    ].join('\n'),
  );
  const dockerdConfig = join(runFolder, 'dockerd-config.json');
  await writeFile(
    dockerdConfig,
    JSON.stringify({
      hosts: [`unix://${ownSocket}`],
      containerd: containerdSocket,
      'data-root': join(folders.daemon, 'docker'),
      'exec-root': join(runFolder, 'docker'),
      pidfile: join(runFolder, 'dockerd.pid'),
      'storage-driver': 'overlay2',
      // No default bridge: it would be 172.17.0.0/16 like those inside the machines, and nothing here uses it.
      bridge: 'none',
      'userland-proxy': false,
      'log-level': 'warn',
      ...(lacksSysResource() && {
        runtimes: { [runtimeName]: { path: join(folderOf(ociWrapper), 'oci-wrapper') } },
        'default-runtime': runtimeName,
      }),
    }),
  );

  const env = { PATH: `${process.env['PATH']}:/usr/sbin:/sbin` };
  const containerd: Background = {
    argv: ['containerd', '--config', containerdConfig],
    env,
    pidFile: containerdPidFile,
    logFile: join(folders.daemon, 'containerd.log'),
  };
  await startInBackground(containerd);
  const dockerd: Background = {
    argv: ['dockerd', '--config-file', dockerdConfig],
    env,
    pidFile: dockerdPidFile,
    logFile: join(folders.daemon, 'dockerd.log'),
  };
  const owner = await startInBackground(dockerd);
  await untilAnswering(dockerd, owner, 60_000, async () => (await answering(ownSocket)) !== undefined);
  if (!(await running(containerdPidFile))) throw new Error(`containerd ended: see ${containerd.logFile}.`);
  return new Docker({ socketPath: ownSocket });
}
