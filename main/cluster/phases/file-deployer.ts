import { done, todo, type CheckResult, type StepContext } from '#main/engine/phase.ts';
import { certificateErrors } from '#shared/errors/certificate.ts';
import { forgetFiles, recordFiles } from '../artefacts.ts';
import type { ClusterRun } from '../cluster.ts';
import type { ContainerSpec } from '../container-spec.ts';
import { createHelper, removeHelper, runToEnd } from '../containers.ts';
import type { FoundFile, RemoteFile } from '../ports.ts';
import { serviceContainer } from '../planes/service-container.ts';
import { systemImage } from '../releases/images.ts';
import { sha256Hex } from '../sha256.ts';

/**
 * Files on a machine through Docker alone, so it works for a user who is in the docker group and nothing more. The
 * deployer is a container that is created and never started: it only lends its mount to Docker's archive API. So file
 * contents are in no environment, command line or log (RKE had them in all three).
 */
export interface Deployment {
  /** RKE-compatible name of the helper container: `cert-deployer`. */
  readonly deployer: string;
  readonly folder: string;
  readonly files: readonly RemoteFile[];
  /** Whether a file that is there and not wanted is ours to remove. */
  readonly isOurs: (path: string) => boolean;
}

/** Looks through the kubelet's own mount: without a kubelet nothing has been finished here anyway. */
export async function checkDeployment(
  run: ClusterRun,
  machine: string,
  deployment: Deployment,
  signal: AbortSignal,
): Promise<CheckResult> {
  const [kubelet, leftOver] = await Promise.all(
    ['kubelet', deployment.deployer].map(async (name) => run.docker.inspect(machine, name, signal)),
  );
  if (leftOver?.owner === run.cluster.id) return todo(`${deployment.deployer} was left behind`);
  if (kubelet?.owner !== run.cluster.id) return todo('nothing has been copied yet');
  const { changed, stale } = difference(
    deployment,
    await run.docker.download(machine, 'kubelet', deployment.folder, signal),
  );
  if (changed.length > 0) return todo(`${String(changed.length)} files are missing or differ`);
  if (stale.length > 0) return todo(`${String(stale.length)} files are no longer wanted`);
  return done('all files are there');
}

/** Writes what differs and nothing else. The deployer stays for `verifyDeployment`. */
export async function applyDeployment(
  run: ClusterRun,
  machine: string,
  deployment: Deployment,
  context: StepContext,
): Promise<void> {
  const { signal } = context;
  await createHelper(run, machine, deployerSpec(run, deployment.deployer), signal);
  const found = await run.docker.download(machine, deployment.deployer, deployment.folder, signal);
  const { changed, stale } = difference(deployment, found);
  for (const { path } of changed) context.log(`${machine}: writing ${path}`);
  await recordFiles(run, machine, newPaths(changed, found));
  if (changed.length > 0) await run.docker.upload(machine, deployment.deployer, changed, signal);
  if (stale.length === 0) return;
  for (const path of stale) context.log(`${machine}: removing ${path}`);
  const remover = { ...deployerSpec(run, `${deployment.deployer}-cleaner`), entrypoint: ['rm', '-f', '--'] };
  await runToEnd(run, machine, { ...remover, command: stale }, context);
  await forgetFiles(run, machine, stale);
}

/**
 * Reads everything back and removes the deployer.
 * @throws `certificate.not_written`
 */
export async function verifyDeployment(
  run: ClusterRun,
  machine: string,
  deployment: Deployment,
  { signal }: StepContext,
): Promise<void> {
  const there = await run.docker.inspect(machine, deployment.deployer, signal);
  if (!there) await createHelper(run, machine, deployerSpec(run, deployment.deployer), signal);
  const found = await run.docker.download(machine, deployment.deployer, deployment.folder, signal);
  const { changed, stale } = difference(deployment, found);
  await removeHelper(run, machine, deployment.deployer);
  const wrong = [...changed.map(({ path }) => path), ...stale];
  if (wrong.length > 0) throw certificateErrors.not_written({ machine, files: wrong.join(', ') });
}

function newPaths(files: readonly RemoteFile[], found: ReadonlyMap<string, FoundFile>): readonly string[] {
  return files.map(({ path }) => path).filter((path) => !found.has(path));
}

function difference({ files, isOurs }: Deployment, found: ReadonlyMap<string, FoundFile>) {
  const wanted = new Set(files.map(({ path }) => path));
  const changed = files.filter(({ path, content, mode }) => {
    const there = found.get(path);
    return there?.sha256 !== sha256Hex(content) || there.mode !== mode;
  });
  const stale = [...found.keys()].filter((path) => isOurs(path) && !wanted.has(path)).sort();
  return { changed, stale };
}

/** The nginx image: every machine has it, for nginx-proxy and the port checks. */
function deployerSpec(run: ClusterRun, name: string): ContainerSpec {
  return serviceContainer(name, systemImage(run.cluster, 'nginx'), {
    command: [],
    mounts: [{ from: '/etc/kubernetes', to: '/etc/kubernetes', readOnly: false }],
    network: 'none',
    restart: 'no',
  });
}
