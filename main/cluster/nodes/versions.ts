import type { SlipwayError } from '#shared/errors/define.ts';
import { preflightErrors } from '#shared/errors/preflight.ts';
import type { Cluster } from '../cluster.ts';
import type { MachineFacts } from '../machine-facts.ts';
import { compareVersions } from './operating-systems.ts';

const oldestDocker = '20.10';
/** The first with CRI v1, the only one that kubelets know since 1.26. */
const oldestContainerd = '1.6';

/** Too old versions of what is there already; and what has to be there already but is not. */
export function versionProblems({ spec }: Cluster, machine: string, facts: MachineFacts): readonly SlipwayError[] {
  const problems: SlipwayError[] = [];
  if (spec.docker.source === 'present') {
    if (!facts.docker) problems.push(preflightErrors.docker_missing({ machine, what: 'Docker' }));
    if (!facts.containerd) problems.push(preflightErrors.docker_missing({ machine, what: 'containerd' }));
  }
  const { docker, containerd } = facts;
  if (docker && compareVersions(docker.version, oldestDocker) < 0) {
    const params = { machine, what: 'Docker', found: docker.version, needed: oldestDocker };
    problems.push(preflightErrors.version_too_old(params));
  }
  if (containerd && compareVersions(containerd.version, oldestContainerd) < 0) {
    const params = { machine, what: 'containerd', found: containerd.version, needed: oldestContainerd };
    problems.push(preflightErrors.version_too_old(params));
  }
  return problems;
}
