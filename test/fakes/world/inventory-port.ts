import type { InventoryPort, KubeconfigPort, SourcesPort, StoredCertificate } from '#main/cluster/ports.ts';
import type { MachineFacts } from '#main/cluster/machine-facts.ts';
import type { VmRecord } from '#main/cluster/provision/vm-record.ts';
import type { Json } from '#shared/json.ts';
import type { Artefact } from '#shared/run/events.ts';
import type { Changes } from './changes.ts';
import { notModelled } from './changes.ts';

/** The records of one cluster; they outlive the process. */
export interface FakeInventory {
  readonly certificates: Map<string, StoredCertificate>;
  readonly secrets: Map<string, string>;
  readonly facts: Map<string, MachineFacts>;
  readonly nodeConfigs: Map<string, Json>;
  readonly vms: Map<string, VmRecord>;
  readonly digests: Map<string, string>;
  readonly artefacts: Map<string, Pick<Artefact, keyof Artefact>>;
  readonly status: Map<string, Json>;
  /** By reference: what `file:…`, `env:…` and `vault:…` hold. */
  readonly references: Map<string, string>;
  /** The person's files, by path; the cluster's own kubeconfig is under ''. */
  readonly kubeconfigs: Map<string, string>;
  /** Add-on manifests, by file or URL. */
  readonly sources: Map<string, string>;
}

export function emptyInventory(): FakeInventory {
  return {
    certificates: new Map(),
    secrets: new Map(),
    facts: new Map(),
    nodeConfigs: new Map(),
    vms: new Map(),
    digests: new Map(),
    artefacts: new Map(),
    status: new Map(),
    references: new Map(),
    kubeconfigs: new Map(),
    sources: new Map(),
  };
}

export function fakeInventory(inventory: FakeInventory, changes: Changes): InventoryPort {
  const put = <T>(map: Map<string, T>, key: string, value: T, what: string): void => {
    if (JSON.stringify(map.get(key)) === JSON.stringify(value)) return;
    map.set(key, value);
    changes.record(`inventory: ${what} ${key}`);
  };
  return {
    certificates: async () => new Map(inventory.certificates),
    putCertificates: async (certificates) =>
      certificates.forEach((certificate) => put(inventory.certificates, certificate.name, certificate, 'certificate')),
    secret: async (name) => inventory.secrets.get(name),
    putSecret: async (name, value) => put(inventory.secrets, name, value, 'secret'),
    facts: async (machine) => inventory.facts.get(machine),
    putFacts: async (machine, facts) => put(inventory.facts, machine, facts, 'facts'),
    nodeConfig: async (machine) => inventory.nodeConfigs.get(machine),
    putNodeConfig: async (machine, config) => put(inventory.nodeConfigs, machine, config, 'node config'),
    vm: async (machine) => inventory.vms.get(machine),
    vms: async () => new Map(inventory.vms),
    putVm: async (machine, record) => put(inventory.vms, machine, record, 'vm'),
    forgetVm: async (machine) => {
      if (!inventory.vms.delete(machine)) return;
      inventory.facts.delete(machine);
      inventory.nodeConfigs.delete(machine);
      changes.record(`inventory: forget vm ${machine}`);
    },
    imageDigests: async () => new Map(inventory.digests),
    putImageDigest: async (image, digest) => put(inventory.digests, image, digest, 'digest'),
    kubeconfig: async () => inventory.kubeconfigs.get(''),
    putKubeconfig: async (yaml) => put(inventory.kubeconfigs, '', yaml, 'kubeconfig'),
    recordArtefacts: async (artefacts) =>
      artefacts.forEach((artefact) =>
        put(inventory.artefacts, `${artefact.kind} ${artefact.key}`, { ...artefact }, 'artefact'),
      ),
    artefacts: async () =>
      [...inventory.artefacts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, artefact]) => artefact),
    forgetArtefacts: async (artefacts) => {
      for (const { kind, key } of artefacts)
        if (inventory.artefacts.delete(`${kind} ${key}`)) changes.record(`inventory: forget ${kind} ${key}`);
    },
    resolveSecret: async (reference) => inventory.references.get(reference) ?? notModelled(`the secret ${reference}`),
    putStatus: async (key, value) => put(inventory.status, key, value, 'status'),
  };
}

export function fakeKubeconfigs({ kubeconfigs }: FakeInventory, changes: Changes): KubeconfigPort {
  return {
    read: async (path) => kubeconfigs.get(path),
    write: async (path, yaml) => {
      if (kubeconfigs.get(path) === yaml) return;
      kubeconfigs.set(path, yaml);
      changes.record(`local: write ${path}`);
    },
  };
}

export function fakeSources({ sources }: FakeInventory): SourcesPort {
  return { text: async (location) => sources.get(location) ?? notModelled(`the source ${location}`) };
}
