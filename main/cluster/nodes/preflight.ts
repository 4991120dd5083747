import type { SlipwayError } from '#shared/errors/define.ts';
import { preflightErrors } from '#shared/errors/preflight.ts';
import type { Cluster, Machine } from '../cluster.ts';
import type { MachineFacts } from '../machine-facts.ts';
import { diskProblems } from './disk-space.ts';
import type { Findings } from './findings.ts';
import { compareVersions, operatingSystemOf, operatingSystems } from './operating-systems.ts';
import { versionProblems } from './versions.ts';

export interface Look {
  readonly facts: MachineFacts;
  readonly clockSkewMs: number;
  /** It has been part of this cluster before, so its disks hold what we put there. */
  readonly known: boolean;
}

/** Certificates that we issue begin a little in the past; beyond this etcd's leases and our own deadlines go wrong too. */
export const clockLimitMs = 60_000;
const clockWarningMs = 5_000;

/** All that is wrong with one machine for its roles in this cluster, at once. Pure. */
export function preflight(cluster: Cluster, machine: Machine, look: Look): Findings {
  const disk = diskProblems(machine, look.facts, look.known);
  return {
    errors: [
      ...systemProblems(cluster, machine, look.facts),
      ...versionProblems(cluster, machine.name, look.facts),
      ...kernelProblems(cluster, machine, look.facts),
      ...disk.errors,
      ...clockProblems(machine, look.clockSkewMs),
      ...addressProblems(machine, look.facts),
    ],
    warnings: [...disk.warnings, ...sizeWarnings(machine, look.facts), ...otherWarnings(machine, look)],
  };
}

function systemProblems({ spec }: Cluster, machine: Machine, facts: MachineFacts): readonly SlipwayError[] {
  const { name } = machine;
  const problems: SlipwayError[] = [];
  const dockerIsThere = spec.docker.source === 'present';
  const system = operatingSystemOf(facts.os);
  if (!system && !dockerIsThere) {
    const supported = operatingSystems.map(({ label }) => label).join(', ');
    problems.push(preflightErrors.os_unsupported({ machine: name, os: facts.os.name, supported }));
  }
  const installed = facts.docker !== undefined && facts.containerd !== undefined;
  if (system && 'unfit' in system.docker && !dockerIsThere && !installed) {
    const params = { machine: name, os: facts.os.name, why: system.docker.unfit };
    problems.push(preflightErrors.docker_packages_unfit(params));
  }
  if (!facts.hasSystemd) problems.push(preflightErrors.no_systemd({ machine: name }));
  const mayWork = facts.privilege === 'root' || facts.privilege === 'sudo';
  if (!mayWork && !(facts.privilege === 'docker-group' && dockerIsThere)) {
    problems.push(preflightErrors.no_root({ machine: name, privilege: facts.privilege }));
  }
  if (facts.architecture === 'other') {
    problems.push(preflightErrors.architecture_unsupported({ machine: name, architecture: facts.architecture }));
  }
  return problems;
}

function kernelProblems(cluster: Cluster, machine: Machine, facts: MachineFacts): readonly SlipwayError[] {
  const { name } = machine;
  const { config } = cluster.spec.services.kubelet;
  const problems: SlipwayError[] = [];
  if (facts.swapMiB > 0 && config.failSwapOn !== false) {
    problems.push(preflightErrors.swap_on({ machine: name, swapMiB: facts.swapMiB }));
  }
  const { minor } = cluster.release;
  if (facts.cgroupVersion === 1 && compareVersions(minor, '1.35') >= 0 && config.failCgroupV1 !== false) {
    problems.push(preflightErrors.cgroup_v1({ machine: name, minor }));
  }
  if (facts.missingKernelModules.length > 0) {
    const modules = [...facts.missingKernelModules].sort().join(', ');
    problems.push(preflightErrors.kernel_modules_missing({ machine: name, modules, kernel: facts.kernel }));
  }
  return problems;
}

function clockProblems({ name }: Machine, clockSkewMs: number): readonly SlipwayError[] {
  if (Math.abs(clockSkewMs) <= clockLimitMs) return [];
  const limitSeconds = clockLimitMs / 1000;
  return [preflightErrors.clock_wrong({ machine: name, skewSeconds: seconds(clockSkewMs), limitSeconds })];
}

/** etcd, kubelet and our listeners bind to the internal address, so it has to be one of the machine's own. */
function addressProblems({ name, internalIp }: Machine, facts: MachineFacts): readonly SlipwayError[] {
  if (facts.addresses.includes(internalIp)) return [];
  const found = facts.addresses.length > 0 ? [...facts.addresses].sort().join(', ') : 'none';
  return [preflightErrors.address_elsewhere({ machine: name, address: internalIp, found })];
}

function sizeWarnings(machine: Machine, { cpus, memoryMiB }: MachineFacts): readonly string[] {
  const controls = machine.roles.includes('controlplane') || machine.roles.includes('etcd');
  const [wantedCpus, wantedMiB] = controls ? [2, 2048] : [1, 1024];
  const warnings: string[] = [];
  if (cpus < wantedCpus) warnings.push(`${machine.name} has ${cpus} CPU; ${wantedCpus} are advised for its roles.`);
  // A machine of "2 GiB" shows a little less: the kernel keeps some for itself.
  if (memoryMiB < wantedMiB * 0.9) {
    warnings.push(`${machine.name} has ${memoryMiB} MiB of memory; ${wantedMiB} MiB are advised for its roles.`);
  }
  return warnings;
}

function otherWarnings(machine: Machine, { facts, clockSkewMs }: Look): readonly string[] {
  const warnings: string[] = [];
  const skew = Math.abs(clockSkewMs);
  if (skew > clockWarningMs && skew <= clockLimitMs) {
    warnings.push(`The clock of ${machine.name} differs from this computer by ${seconds(clockSkewMs)} s.`);
  }
  if (facts.hostname !== machine.name) {
    warnings.push(`${machine.name} calls itself "${facts.hostname}"; its node will be named "${machine.name}".`);
  }
  if (facts.privilege === 'docker-group') {
    warnings.push(
      `Without root on ${machine.name} its system settings, containerd and registries stay as they are: ` +
        'CRI, sysctls and CNI folders must be right already.',
    );
  }
  return warnings;
}

function seconds(ms: number): number {
  return Math.round(ms / 100) / 10;
}
