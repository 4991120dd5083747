import type { EtcdMember, EtcdPort } from '#main/cluster/ports.ts';
import { etcdErrors } from '#shared/errors/etcd.ts';
import type { Changes } from './changes.ts';
import { notModelled } from './changes.ts';
import type { FakeContainer, FakeMachine } from './machine.ts';
import type { FindMachine } from './machines-port.ts';

interface FakeMember {
  readonly id: string;
  name: string;
  readonly peerUrl: string;
  learner: boolean;
}

/** The etcd cluster of a fake world: its members outlive their containers. */
export interface FakeEtcd {
  readonly members: FakeMember[];
  nextId: number;
}

/** What etcd does with its flags at its very first start: a new cluster, or the name of a member that was announced. */
export function etcdStarts(etcd: FakeEtcd, machine: FakeMachine, { spec }: FakeContainer): void {
  const flag = (name: string): string =>
    spec.command.find((argument) => argument.startsWith(`--${name}=`))?.slice(name.length + 3) ??
    notModelled(`etcd without --${name}`);
  const peers = flag('initial-cluster')
    .split(',')
    .map((peer) => ({ name: peer.slice(0, peer.indexOf('=')), url: peer.slice(peer.indexOf('=') + 1) }));
  if (flag('initial-cluster-state') === 'new' && etcd.members.length === 0) {
    for (const { name, url } of peers) etcd.members.push(newMember(etcd, name, url, false));
  }
  const own = etcd.members.find(({ peerUrl }) => peerUrl.includes(`//${machine.internalIp}:`));
  if (!own) throw new Error(`etcd on ${machine.name}: member is not in the cluster`);
  own.name = flag('name');
}

export function fakeEtcdPort(
  etcd: FakeEtcd,
  machines: ReadonlyMap<string, FakeMachine>,
  find: FindMachine,
  changes: Changes,
): EtcdPort {
  const needsQuorum = (name: string): void => {
    if (!isRunning(find(name)) || !hasQuorum(etcd, machines))
      throw etcdErrors.unreachable({ machine: name, reason: 'no leader' });
  };
  return {
    health: async (name) => {
      if (!isRunning(find(name))) return { healthy: false, reason: 'connection refused' };
      return hasQuorum(etcd, machines) ? { healthy: true, reason: 'ok' } : { healthy: false, reason: 'no leader' };
    },
    members: async (name) => {
      needsQuorum(name);
      return etcd.members.map(({ id, name: called, peerUrl, learner }): EtcdMember => {
        return { id, name: called, peerUrls: [peerUrl], learner };
      });
    },
    addLearner: async (name, peerUrl) => {
      needsQuorum(name);
      if (etcd.members.some((member) => member.peerUrl === peerUrl)) throw new Error(`${peerUrl} is a member already`);
      etcd.members.push(newMember(etcd, '', peerUrl, true));
      changes.record(`etcd: add learner ${peerUrl}`);
    },
    promote: async (name, id) => {
      needsQuorum(name);
      const member = etcd.members.find((candidate) => candidate.id === id) ?? notModelled(`etcd member ${id}`);
      if (member.learner) changes.record(`etcd: promote ${member.name}`);
      member.learner = false;
    },
    removeMember: async (name, id) => {
      needsQuorum(name);
      const index = etcd.members.findIndex((candidate) => candidate.id === id);
      if (index >= 0) changes.record(`etcd: remove ${etcd.members.splice(index, 1)[0]?.peerUrl ?? ''}`);
    },
  };
}

/** More than half of the voting members run. */
export function hasQuorum(etcd: FakeEtcd, machines: ReadonlyMap<string, FakeMachine>): boolean {
  const voters = etcd.members.filter(({ learner }) => !learner);
  const alive = voters.filter(({ peerUrl }) =>
    [...machines.values()].some((machine) => peerUrl.includes(`//${machine.internalIp}:`) && isRunning(machine)),
  );
  return voters.length > 0 && alive.length > voters.length / 2;
}

function isRunning(machine: FakeMachine): boolean {
  return !machine.unreachable && machine.containers.get('etcd')?.running === true;
}

function newMember(etcd: FakeEtcd, name: string, peerUrl: string, learner: boolean): FakeMember {
  etcd.nextId += 1;
  return { id: String(etcd.nextId), name, peerUrl, learner };
}
