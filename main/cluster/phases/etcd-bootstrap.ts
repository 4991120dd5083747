import { secretNames } from '../certificates/names.ts';
import { machinesWith, type ClusterRun, type Machine } from '../cluster.ts';
import { initialMember, type InitialMember } from '../planes/etcd.ts';

/**
 * The members that etcd was first started with. Recorded before the first container is made and never changed: asking
 * the machines would not do, because a half-started cluster cannot answer, and "no answer" is not "no cluster".
 */
export async function bootstrapMembers(run: ClusterRun): Promise<readonly InitialMember[]> {
  const stored = await run.inventory.secret(secretNames.etcdBootstrap);
  if (stored !== undefined) return parseMembers(stored);
  const members = machinesWith(run.cluster, 'etcd').map(initialMember);
  // Steps of several machines may get here at once: they write the same.
  await run.inventory.putSecret(secretNames.etcdBootstrap, JSON.stringify(members));
  return members;
}

function parseMembers(text: string): readonly InitialMember[] {
  const value: unknown = JSON.parse(text);
  if (!Array.isArray(value) || !value.every(isMember))
    throw new Error('The record of the first etcd members is broken');
  return value;
}

function isMember(value: unknown): value is InitialMember {
  return typeof value === 'object' && value !== null && 'name' in value && 'peerUrl' in value;
}

/** The other etcd machines by health; `sick` as sentences. All are asked at once. */
export async function otherMembers(
  run: ClusterRun,
  machine: Machine,
  signal: AbortSignal,
): Promise<{ readonly healthy: readonly Machine[]; readonly sick: readonly string[] }> {
  const others = machinesWith(run.cluster, 'etcd').filter(({ name }) => name !== machine.name);
  const states = await Promise.all(others.map(async ({ name }) => run.etcd.health(name, signal)));
  return {
    healthy: others.filter((_other, index) => states[index]?.healthy === true),
    sick: others.flatMap(({ name }, index) => {
      const state = states[index];
      return state && !state.healthy ? [`${name}: ${state.reason}`] : [];
    }),
  };
}
