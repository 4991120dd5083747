import type { StepContext } from '#main/engine/phase.ts';
import { addonErrors } from '#shared/errors/addon.ts';
import type { ClusterRun } from '../cluster.ts';
import type { KubeObject, ObjectRef } from '../ports.ts';
import { firstDrift } from './drift.ts';
import { numberAt } from './json-path.ts';
import { type Manifest, objectsOf, refOf, titleOf } from './manifest.ts';
import { labelSelectorOf, podReasons } from './pod-reasons.ts';
import { hasRollout, rolloutSeen, silentNodes } from './rollout.ts';
import { within } from './within.ts';

/** The first workload that is not rolled out now, in words. */
export async function notRolledOut(
  run: ClusterRun,
  manifest: Manifest,
  signal: AbortSignal,
): Promise<string | undefined> {
  const silent = (await silentOf(run, manifest, signal)).length;
  const looks = workloads(manifest).map(async (ref) => {
    const { met, seen } = rolloutSeen(await run.kube.get(ref, signal), silent);
    return met ? undefined : `${titleOf(ref)}: ${seen}`;
  });
  return (await Promise.all(looks)).find((text) => text !== undefined);
}

/**
 * What verify of every add-on is: all objects as written, all workloads rolled out, within one deadline for all.
 * @throws `addon.not_as_written`, `addon.not_rolled_out` with the reason of each pod that is not ready.
 */
export async function verifyAddOn(run: ClusterRun, manifest: Manifest, context: StepContext): Promise<void> {
  const drift = await firstDrift(run, manifest, context.signal);
  if (drift !== undefined) throw addonErrors.not_as_written({ addon: manifest.title, difference: drift });
  const silent = await silentOf(run, manifest, context.signal);
  if (silent.length > 0) context.warn(`Not waited for, because their kubelet is silent: ${silent.join(', ')}.`);
  const endsAt = run.clock.now() + run.cluster.spec.timeouts.rollout * 1000;
  for (const ref of workloads(manifest)) await awaitOne(run, manifest, ref, { silent: silent.length, endsAt }, context);
}

async function awaitOne(
  run: ClusterRun,
  manifest: Manifest,
  ref: ObjectRef,
  { silent, endsAt }: { readonly silent: number; readonly endsAt: number },
  context: StepContext,
): Promise<void> {
  let last: KubeObject | undefined;
  const rolledOut = (object: KubeObject | undefined): boolean => {
    last = object;
    return rolloutSeen(object, silent).met;
  };
  const leftMs = Math.max(0, endsAt - run.clock.now());
  const inTime = await within(run.clock, leftMs, context.signal, (signal) => run.kube.until(ref, rolledOut, signal));
  if (inTime) return;
  const { seen } = rolloutSeen(last, silent);
  const lastLines = await reasons(run, ref, last, context.signal);
  // One machine that cannot run it must not keep the others from becoming Ready; its own steps will say so.
  if (manifest.laggingNodes === 'warn' && numberAt(last, 'status', 'numberAvailable') > 0) {
    context.warn(`${titleOf(ref)} is not rolled out everywhere: ${[seen, ...lastLines].join(' | ')}`);
    return;
  }
  const withinSeconds = run.cluster.spec.timeouts.rollout;
  throw addonErrors.not_rolled_out(
    { addon: manifest.title, withinSeconds, seen: `${titleOf(ref)}: ${seen}` },
    { lastLines },
  );
}

async function reasons(
  run: ClusterRun,
  ref: ObjectRef,
  workload: KubeObject | undefined,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const selector = workload ? labelSelectorOf(workload) : '';
  return selector === '' ? [] : podReasons(run.kube, ref.namespace ?? 'default', selector, signal);
}

function workloads(manifest: Manifest): readonly ObjectRef[] {
  return objectsOf(manifest).filter(hasRollout).map(refOf);
}

async function silentOf(run: ClusterRun, manifest: Manifest, signal: AbortSignal): Promise<readonly string[]> {
  if (!objectsOf(manifest).some((object) => object.kind === 'DaemonSet')) return [];
  return silentNodes(await run.kube.list({ apiVersion: 'v1', kind: 'Node' }, signal));
}
