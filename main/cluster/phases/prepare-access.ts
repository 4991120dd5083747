import { definePhase, done, type StepContext, todo } from '#main/engine/phase.ts';
import { problemCount, withProblems } from '#shared/errors/problems.ts';
import { provisionErrors } from '#shared/errors/provision.ts';
import type { ClusterRun } from '../cluster.ts';
import { ensureKeyPair } from '../provision/key-pairs.ts';
import { clusterTag, runTag, userKeySecret } from '../provision/names.ts';
import { foldersOf, plannedMachines, preflightRequest, vsphereOf } from '../provision/planned.ts';

/**
 * Looks whether the vCenter will let us make the machines, and makes what they all need: our key, the tags by which
 * everything of ours is found again, and the folders.
 */
export const prepareAccess = definePhase<ClusterRun, Record<string, never>>({
  id: 'prepare-access',
  title: 'Prepare access',
  async check(run, _input, context) {
    const planned = plannedMachines(run.cluster);
    const unfinished = planned.filter(({ record }) => !record.booted);
    if (unfinished.length === 0) return done(`all ${String(planned.length)} machines have been made`);
    if (unfinished.some(({ record }) => !record.cloned)) await refuseUnfit(run, context);
    return todo(`${String(unfinished.length)} of ${String(planned.length)} machines are to be made`);
  },
  async apply(run, _input, context) {
    const { cluster, inventory } = run;
    const vsphere = vsphereOf(run);
    const { signal } = context;
    await ensureKeyPair(run, userKeySecret);
    for (const { machine, record } of plannedMachines(cluster)) {
      if ((await inventory.vm(machine)) === undefined) await inventory.putVm(machine, record);
    }
    const tags = [
      [clusterTag(cluster), `Belongs to the Kubernetes cluster ${cluster.name} of Slipway`],
      [runTag(cluster, run.runId), `Made by the run ${run.runId} of Slipway`],
    ] as const;
    for (const [tag, description] of tags) {
      if (await vsphere.hasTag(tag, signal)) continue;
      const key = `${tag.category}/${tag.name}`;
      await inventory.recordArtefacts([{ kind: 'vsphere-tag', key, where: vsphere.address }]);
      await vsphere.ensureTag(tag, description, signal);
    }
    // An earlier run may have made some and ended before it could mark them.
    const recorded = (await inventory.artefacts()).filter(({ kind }) => kind === 'vsphere-folder');
    const known = recorded.map(({ key }) => key);
    if (known.length > 0) await vsphere.tagFolders(known, [clusterTag(cluster)], signal);
    for (const folder of foldersOf(cluster)) {
      const missing = await vsphere.missingFolders(folder, signal);
      if (missing.length === 0) continue;
      await inventory.recordArtefacts(missing.map((key) => ({ kind: 'vsphere-folder', key, where: vsphere.address })));
      await vsphere.ensureFolder(folder, [clusterTag(cluster)], signal);
      context.log(`made the folder ${folder}`);
    }
  },
  async verify(run, _input, { signal }) {
    const vsphere = vsphereOf(run);
    for (const folder of foldersOf(run.cluster)) {
      const missing = await vsphere.missingFolders(folder, signal);
      if (missing.length === 0) continue;
      const finding = {
        subject: `folder ${folder}`,
        problem: 'it was made and is not there',
        remedy: 'Look at vCenter.',
      };
      throw provisionErrors.finding(finding);
    }
  },
});

/** @throws `provision.preflight_failed` with every finding in its chain. */
async function refuseUnfit(run: ClusterRun, context: StepContext): Promise<void> {
  const vsphere = vsphereOf(run);
  const findings = await vsphere.preflight(preflightRequest(run), context.signal);
  for (const { severity, subject, problem, remedy } of findings) {
    if (severity === 'warning') context.warn(`${subject}: ${problem} ${remedy}`);
  }
  const errors = findings.filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return;
  throw withProblems(
    provisionErrors.preflight_failed({ vcenter: vsphere.address, problems: problemCount(errors) }),
    errors.map(({ subject, problem, remedy }) => provisionErrors.finding({ subject, problem, remedy }).data),
  );
}
