import type { StepContext } from '#main/engine/phase.ts';
import { addonErrors } from '#shared/errors/addon.ts';
import type { ClusterRun } from '../cluster.ts';
import type { KubeObject } from '../ports.ts';
import { jobRef, namespace } from './deploy-job.ts';
import { condition, numberAt, textAt } from './json-path.ts';
import type { Manifest } from './manifest.ts';
import { podReasons } from './pod-reasons.ts';
import { within } from './within.ts';

export function jobEnd(job: KubeObject | undefined): 'complete' | 'failed' | undefined {
  if (textAt(condition(job, 'Complete'), 'status') === 'True') return 'complete';
  return textAt(condition(job, 'Failed'), 'status') === 'True' ? 'failed' : undefined;
}

/**
 * Waits for the end of the add-on's job by watching it.
 * @throws `addon.job_failed`, `addon.job_timeout`; both with the pods' states, logs and the cluster's warnings.
 */
export async function awaitJob(run: ClusterRun, manifest: Manifest, context: StepContext): Promise<void> {
  const { kube, clock, cluster } = run;
  const ref = jobRef(manifest.name);
  const withinSeconds = cluster.spec.timeouts.rollout;
  let last: KubeObject | undefined;
  const ended = (job: KubeObject | undefined): boolean => {
    last = job;
    return job === undefined || jobEnd(job) !== undefined;
  };
  const inTime = await within(clock, withinSeconds * 1000, context.signal, (signal) => kube.until(ref, ended, signal));
  if (inTime && jobEnd(last) === 'complete') return;
  const params = { job: ref.name };
  const lastLines = last ? await podReasons(kube, namespace, `job-name=${ref.name}`, context.signal) : [];
  if (!inTime) throw addonErrors.job_timeout({ ...params, withinSeconds, seen: progress(last) }, { lastLines });
  const reason = last ? textAt(condition(last, 'Failed'), 'message') || 'no reason given' : 'somebody removed it';
  throw addonErrors.job_failed({ ...params, reason }, { lastLines });
}

function progress(job: KubeObject | undefined): string {
  const [active, failed] = ['active', 'failed'].map((count) => String(numberAt(job, 'status', count)));
  return `${active ?? '0'} pods active, ${failed ?? '0'} failed`;
}
