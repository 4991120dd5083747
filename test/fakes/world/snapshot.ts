import type { Json } from '#shared/json.ts';
import type { FakeEtcd } from './etcd-port.ts';
import type { FakeInventory } from './inventory-port.ts';
import type { FakeKube } from './kube-port.ts';
import type { FakeMachine } from './machine.ts';
import type { FakeVcenter } from './vsphere-port.ts';

interface Everything {
  readonly machines: ReadonlyMap<string, FakeMachine>;
  readonly etcd: FakeEtcd;
  readonly kube: FakeKube;
  readonly inventory: FakeInventory;
  readonly vcenter: FakeVcenter;
}

/**
 * The end state, without what differs from run to run: key material, what is signed with it, and hashes over that.
 * Everything is sorted.
 */
export function snapshotOf({ machines, etcd, kube, inventory, vcenter }: Everything): Json {
  return {
    vcenter: {
      folders: [...vcenter.folders].sort(),
      tags: [...vcenter.tags].sort(),
      vms: sortedObject(vcenter.vms, ({ extraConfig, tags, attributes, ...vm }) => ({
        ...vm,
        tags: [...tags].sort(),
        attributes: sortedObject(attributes, (value) => value),
        extraConfig: [...extraConfig.keys()].sort(),
      })),
      files: [...vcenter.files.keys()].sort(),
      rules: sortedObject(vcenter.rules, ({ mandatory, members }) => ({ mandatory, members: [...members].sort() })),
    },
    machines: sortedObject(machines, machineState),
    etcd: etcd.members.map(({ name, peerUrl, learner }) => ({ name, peerUrl, learner })).sort(by((m) => m.peerUrl)),
    kube: sortedObject(kube.objects, (object) => {
      const { uid: _uid, generation: _generation, ...metadata } = object.metadata;
      return steady({ ...object, metadata, status: null });
    }),
    inventory: {
      certificates: [...inventory.certificates.keys()].sort(),
      secrets: [...inventory.secrets.keys()].sort(),
      facts: sortedObject(inventory.facts, steady),
      nodeConfigs: sortedObject(inventory.nodeConfigs, steady),
      digests: sortedObject(inventory.digests, (digest) => digest),
      artefacts: sortedObject(inventory.artefacts, steady),
      status: sortedObject(inventory.status, steady),
      vms: sortedObject(inventory.vms, steady),
      kubeconfigs: sortedObject(inventory.kubeconfigs, steady),
    },
  };
}

function machineState(machine: FakeMachine): Json {
  return {
    files: sortedObject(machine.files, ({ content, mode }) => ({
      mode,
      content: steady(Buffer.from(content).toString('utf8')),
    })),
    packages: [...machine.packages].sort(),
    services: [...machine.services].sort(),
    sysctls: sortedObject(machine.sysctls, (value) => value),
    dockerImages: [...machine.dockerImages.keys()].sort(),
    podImages: [...machine.podImages.keys()].sort(),
    traces: [...machine.traces].sort(),
    containers: sortedObject(machine.containers, ({ spec, running, exitCode }) => ({
      spec: steady(JSON.parse(JSON.stringify(spec)) as Json),
      running,
      exitCode,
    })),
  };
}

/** PEM blocks, also in base64, and hashes: what they stand for is compared, not what they are. */
function steady(value: Json | undefined): Json {
  if (typeof value === 'string') {
    return value
      .replaceAll(/-----BEGIN ([A-Z ]+)-----[\s\S]*?-----END \1-----/g, '<$1>')
      .replaceAll(/LS0tLS1[A-Za-z0-9+/]+=*/g, '<PEM>')
      .replaceAll(/\bssh-ed25519 \S+/g, '<ssh key>')
      .replaceAll(/\b[0-9a-f]{64}\b/g, '<sha256>');
  }
  if (Array.isArray(value)) return value.map(steady);
  if (typeof value !== 'object' || value === null) return value ?? null;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, steady(inner)]),
  );
}

function sortedObject<T>(map: ReadonlyMap<string, T>, state: (value: T) => Json): Json {
  return Object.fromEntries([...map].sort(by(([key]) => key)).map(([key, value]) => [key, state(value)]));
}

function by<T>(key: (value: T) => string): (a: T, b: T) => number {
  return (a, b) => (key(a) < key(b) ? -1 : 1);
}
