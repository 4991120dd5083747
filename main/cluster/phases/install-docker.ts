import { definePhase, done, type StepContext, todo } from '#main/engine/phase.ts';
import { preflightErrors } from '#shared/errors/preflight.ts';
import { recordedFiles, recordFiles } from '../artefacts.ts';
import { type ClusterRun, machineNamed } from '../cluster.ts';
import type { MachineFacts } from '../machine-facts.ts';
import { activatedText, activationPath, changedFiles, readActivated, restartsNeeded } from '../nodes/activation.ts';
import { containerdHeader } from '../nodes/containerd-config.ts';
import { sameFacts } from '../nodes/facts.ts';
import {
  allFiles,
  backupOf,
  daemonJsonPath,
  nodeFiles,
  type NodeFiles,
  preparationUnit,
  sysctls,
} from '../nodes/node-files.ts';
import { operatingSystemOf } from '../nodes/operating-systems.ts';
import { registryLogins } from '../nodes/registry-login.ts';
import { versionProblems } from '../nodes/versions.ts';
import type { FoundFile, RemoteFile } from '../ports.ts';

/**
 * Docker and containerd installed, configured and running, and the kernel set up for pods. What was activated is
 * recorded on the machine last of all: a run that died between writing a file and the restart restarts after all.
 */
export const installDocker = definePhase<ClusterRun, { readonly machine: string }>({
  id: 'install-docker',
  title: 'Install Docker',
  async check(run, { machine }, context) {
    const facts = await run.machines.inspect(machine, context.signal);
    refuseUnfitVersions(run, machine, facts);
    if (!facts.docker || !facts.containerd) return todo('Docker is not installed or does not run');
    if (facts.privilege === 'docker-group') return done('Docker is there; nothing else may be changed without root');
    const { files, found } = await look(run, machine, facts, context);
    files.warnings.forEach((warning) => context.warn(warning));
    const changed = changedFiles(allFiles(files), found);
    if (changed.length > 0) return todo(`to be written: ${changed.map(({ path }) => path).join(', ')}`);
    const restarts = restartsNeeded(files, readActivated(found));
    if (restarts.length > 0) return todo(`written but not yet in use: ${restarts.join(', ')}`);
    const known = await run.inventory.facts(machine);
    if (!known || !sameFacts(known, facts)) return todo('versions to be recorded');
    return done(`Docker ${facts.docker.version}, containerd ${facts.containerd.version}`);
  },
  async apply(run, { machine }, context) {
    const { machines, inventory } = run;
    const facts = await installed(run, machine, context);
    const { files, found } = await look(run, machine, facts, context);
    const restarts = restartsNeeded(files, readActivated(found));
    const changed = changedFiles(allFiles(files), found);
    await keepForeignFiles(run, machine, changed, found, context);
    const paths = [...changed.map(({ path }) => path), activationPath].filter((path) => !found.has(path));
    await recordFiles(run, machine, paths);
    if (changed.length > 0) await machines.writeFiles(machine, changed, context.signal);
    if (restarts.includes('system')) {
      await machines.ensureService(machine, preparationUnit, { restart: true }, context.signal);
    }
    await machines.applySysctls(machine, sysctls, context.signal);
    // containerd first: Docker finds it again by itself, but not the other way round.
    for (const unit of ['containerd', 'docker'] as const) {
      if (!restarts.includes(unit)) continue;
      context.log(`${machine}: restarting ${unit}`);
      await machines.ensureService(machine, `${unit}.service`, { restart: true }, context.signal);
    }
    await inventory.putFacts(machine, await machines.inspect(machine, context.signal));
    await machines.writeFiles(machine, [activatedText(files)], context.signal);
  },
  async verify(run, { machine }, context) {
    const facts = await run.machines.inspect(machine, context.signal);
    if (!facts.docker) throw preflightErrors.docker_missing({ machine, what: 'Docker' });
    if (!facts.containerd) throw preflightErrors.docker_missing({ machine, what: 'containerd' });
    refuseUnfitVersions(run, machine, facts);
    if (facts.privilege === 'docker-group') return;
    const { files, found } = await look(run, machine, facts, context);
    const changed = changedFiles(allFiles(files), found);
    if (changed.length > 0) {
      throw preflightErrors.not_configured({ machine, paths: changed.map(({ path }) => path).join(', ') });
    }
    if (run.cluster.release.dialect.runtime.kind !== 'containerd') return;
    // Without it the nodes would never be ready, and nobody would say why.
    const problem = await run.machines.criProblem(machine, context.signal);
    if (problem !== undefined) throw preflightErrors.no_cri({ machine, reason: problem });
  },
});

/** Facts from after the installation: the form of containerd's configuration depends on its version. */
async function installed(run: ClusterRun, machine: string, context: StepContext): Promise<MachineFacts> {
  const { machines, cluster } = run;
  const before = await machines.inspect(machine, context.signal);
  if (before.docker && before.containerd) return before;
  const system = operatingSystemOf(before.os);
  if (cluster.spec.docker.source === 'packages' && system && 'packages' in system.docker) {
    context.log(`${machine}: installing ${system.docker.packages.join(' ')}`);
    await machines.installPackages(machine, system.docker.packages, (line) => context.log(line), context.signal);
  }
  for (const unit of ['containerd.service', 'docker.service']) {
    await machines.ensureService(machine, unit, { restart: false }, context.signal);
  }
  const facts = await machines.inspect(machine, context.signal);
  if (!facts.docker) throw preflightErrors.docker_missing({ machine, what: 'Docker' });
  if (!facts.containerd) throw preflightErrors.docker_missing({ machine, what: 'containerd' });
  refuseUnfitVersions(run, machine, facts);
  return facts;
}

function refuseUnfitVersions(run: ClusterRun, machine: string, facts: MachineFacts): void {
  const [problem] = versionProblems(run.cluster, machine, facts);
  if (problem) throw problem;
}

async function look(
  run: ClusterRun,
  machine: string,
  facts: MachineFacts,
  { signal }: StepContext,
): Promise<{ readonly files: NodeFiles; readonly found: ReadonlyMap<string, FoundFile> }> {
  const logins = await registryLogins(run);
  const target = machineNamed(run.cluster, machine);
  // The paths do not depend on what daemon.json holds now, so everything is read in one go.
  const draft = nodeFiles(run.cluster, target, facts, { daemonJson: undefined, logins });
  const own = allFiles(draft).map(({ path }) => path);
  const paths = [...own, activationPath, ...own.map(backupOf)];
  const found = await run.machines.readFiles(machine, paths, signal);
  const daemon = found.get(daemonJsonPath);
  const daemonJson = daemon && new TextDecoder().decode(daemon.content);
  return { files: nodeFiles(run.cluster, target, facts, { daemonJson, logins }), found };
}

/** What is there and not recorded is somebody's own: it is kept beside ours, once, so that removing gives it back. */
async function keepForeignFiles(
  { inventory, machines }: ClusterRun,
  machine: string,
  changed: readonly RemoteFile[],
  found: ReadonlyMap<string, FoundFile>,
  { signal }: StepContext,
): Promise<void> {
  const recorded = recordedFiles(await inventory.artefacts(), machine);
  const backups = changed.flatMap(({ path }) => {
    const theirs = found.get(path);
    if (!theirs || found.has(backupOf(path)) || recorded.has(path)) return [];
    // An inventory that was lost does not know it any more.
    if (new TextDecoder().decode(theirs.content).startsWith(containerdHeader)) return [];
    return [{ path: backupOf(path), content: theirs.content, mode: theirs.mode }];
  });
  if (backups.length === 0) return;
  await recordFiles(
    { inventory },
    machine,
    backups.map(({ path }) => path),
  );
  await machines.writeFiles(machine, backups, signal);
}
