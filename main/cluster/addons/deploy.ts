import { type CheckResult, done, type StepContext, todo } from '#main/engine/phase.ts';
import type { ClusterRun } from '../cluster.ts';
import type { KubeObject } from '../ports.ts';
import { awaitJob, jobEnd } from './await-job.ts';
import { addonAnnotations, configMapRef, deployJob, jobRef, manifestHolders, secretRef } from './deploy-job.ts';
import { firstDrift } from './drift.ts';
import { inventoryText, parseInventory, prune, union } from './inventory.ts';
import { textAt } from './json-path.ts';
import { type AddOnName, type Manifest, manifestHash, objectsOf, refOf } from './manifest.ts';
import { notRolledOut } from './await-rollout.ts';

/**
 * An add-on is there when its ConfigMap says that this very manifest has been deployed to the end, every object is
 * still as written, and its workloads are rolled out.
 */
export async function checkAddOn(run: ClusterRun, manifest: Manifest, context: StepContext): Promise<CheckResult> {
  const missing = await notWritten(run, manifest, context.signal);
  if (missing !== undefined) return todo(missing);
  const lagging = await notRolledOut(run, manifest, context.signal);
  return lagging === undefined ? done(`${manifest.title} is deployed and rolled out`) : todo(lagging);
}

/**
 * Writes ahead what it is about to make (the inventory of old and new objects), lets the job apply it, removes what the
 * manifest no longer has, and only then marks it as deployed. A crash on any line leaves a state from which the same
 * call goes on.
 */
export async function deployAddOn(run: ClusterRun, manifest: Manifest, context: StepContext): Promise<void> {
  const { kube } = run;
  const { signal } = context;
  if ((await notWritten(run, manifest, signal)) === undefined) return; // only the roll-out is not complete: verify waits
  const hash = manifestHash(manifest);
  const found = await kube.get(configMapRef(manifest.name), signal);
  const wanted = objectsOf(manifest).map(refOf);
  const before = parseInventory(annotation(found, addonAnnotations.inventory));
  // The job of a finished deployment would pass for ours: it goes before the mark does.
  if (annotation(found, addonAnnotations.deployedHash) !== '') await kube.remove(jobRef(manifest.name), signal);
  const known = union(before, wanted);
  await hold(
    run,
    manifest,
    { [addonAnnotations.manifestHash]: hash, [addonAnnotations.inventory]: inventoryText(known) },
    signal,
  );
  await runJob(run, manifest, hash, context);
  await prune(kube, known, wanted, context);
  if (!hasSecrets(manifest)) await kube.remove(secretRef(manifest.name), signal); // an earlier manifest may have had some
  const marks = { [addonAnnotations.manifestHash]: hash, [addonAnnotations.deployedHash]: hash };
  await hold(run, manifest, { ...marks, [addonAnnotations.inventory]: inventoryText(wanted) }, signal);
}

/** For an add-on that the spec no longer has: `done` when nothing of it is left. */
export async function checkRemoved(run: ClusterRun, name: AddOnName, context: StepContext): Promise<CheckResult> {
  const found = await run.kube.get(configMapRef(name), context.signal);
  return found ? todo(`${name} is still there`) : done('not wanted, and not there');
}

/** Removes everything that the add-on has ever made; the ConfigMap, which knows it, goes last. */
export async function removeAddOn(run: ClusterRun, name: AddOnName, context: StepContext): Promise<void> {
  const { kube } = run;
  const found = await kube.get(configMapRef(name), context.signal);
  if (!found) return;
  await kube.remove(jobRef(name), context.signal);
  await prune(kube, parseInventory(annotation(found, addonAnnotations.inventory)), [], context);
  await kube.remove(secretRef(name), context.signal);
  await kube.remove(configMapRef(name), context.signal);
}

function hasSecrets(manifest: Manifest): boolean {
  return objectsOf(manifest).some((object) => object.kind === 'Secret');
}

async function runJob(run: ClusterRun, manifest: Manifest, hash: string, context: StepContext): Promise<void> {
  const { kube } = run;
  const ref = jobRef(manifest.name);
  const found = await kube.get(ref, context.signal);
  const reusable =
    annotation(found, addonAnnotations.manifestHash) === hash &&
    textAt(found?.metadata, 'deletionTimestamp') === '' &&
    jobEnd(found) !== 'failed';
  if (found && !reusable) await kube.remove(ref, context.signal); // a Job's pod template cannot be changed
  if (!reusable) await kube.apply(deployJob(run.cluster, manifest), context.signal);
  await awaitJob(run, manifest, context);
}

/** What is missing or changed, in words; `undefined` when all is as written. */
async function notWritten(run: ClusterRun, manifest: Manifest, signal: AbortSignal): Promise<string | undefined> {
  const found = await run.kube.get(configMapRef(manifest.name), signal);
  if (!found) return `${manifest.title} has not been deployed`;
  const deployed = annotation(found, addonAnnotations.deployedHash);
  if (deployed === '') return `the deployment of ${manifest.title} was not finished`;
  if (deployed !== manifestHash(manifest)) return `the manifest of ${manifest.title} has changed`;
  return firstDrift(run, manifest, signal);
}

async function hold(
  run: ClusterRun,
  manifest: Manifest,
  annotations: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<void> {
  for (const holder of manifestHolders(manifest, annotations)) await run.kube.apply(holder, signal);
}

function annotation(object: KubeObject | undefined, name: string): string {
  return object?.metadata.annotations?.[name] ?? '';
}
