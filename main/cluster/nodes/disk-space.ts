import type { Role } from '#shared/spec/cluster.ts';
import { preflightErrors } from '#shared/errors/preflight.ts';
import type { Machine } from '../cluster.ts';
import type { MachineFacts } from '../machine-facts.ts';
import type { Findings } from './findings.ts';

interface DiskNeed {
  readonly path: keyof MachineFacts['freeMiB'];
  readonly roles: readonly Role[];
  readonly purpose: string;
  /** Below this a new machine cannot be set up. */
  readonly leastMiB: number;
  /** Below this it works, but not for long. */
  readonly advisedMiB: number;
}

const all: readonly Role[] = ['etcd', 'controlplane', 'worker'];

const needs: readonly DiskNeed[] = [
  { path: '/var/lib/docker', roles: all, purpose: 'images and logs', leastMiB: 2048, advisedMiB: 10_240 },
  // etcd's default quota is 2 GiB, and a defragmentation needs the same once more.
  { path: '/var/lib/etcd', roles: ['etcd'], purpose: "etcd's data", leastMiB: 1024, advisedMiB: 5120 },
  { path: '/var/lib/kubelet', roles: all, purpose: "pods' volumes", leastMiB: 512, advisedMiB: 5120 },
  { path: '/etc', roles: all, purpose: 'certificates and configuration', leastMiB: 16, advisedMiB: 64 },
];

/** A machine that we filled with images ourselves is only unfit when its disk is as good as full. */
const leastOnKnownMiB = 256;

export function diskProblems(machine: Machine, { freeMiB }: MachineFacts, known: boolean): Findings {
  const errors = [];
  const warnings: string[] = [];
  for (const { path, roles, purpose, leastMiB, advisedMiB } of needs) {
    if (!roles.some((role) => machine.roles.includes(role))) continue;
    const free = freeMiB[path];
    const neededMiB = known ? Math.min(leastMiB, leastOnKnownMiB) : leastMiB;
    if (free < neededMiB) {
      errors.push(preflightErrors.disk_full({ machine: machine.name, path, freeMiB: free, neededMiB, purpose }));
    } else if (free < advisedMiB) {
      warnings.push(`${machine.name} has ${free} MiB free for ${path}; ${advisedMiB} MiB are advised for ${purpose}.`);
    }
  }
  return { errors, warnings };
}
