import type { InventoryPort, KubeconfigPort, SourcesPort, StoredCertificate } from '#main/cluster/ports.ts';
import type { MachineFacts } from '#main/cluster/machine-facts.ts';
import type { Json } from '#shared/json.ts';
import type { Changes } from './changes.ts';
import { notModelled } from './changes.ts';

/** The records of one cluster; they outlive the process. */
export interface FakeInventory {
  readonly certificates: Map<string, StoredCertificate>;
  readonly secrets: Map<string, string>;
  readonly facts: Map<string, MachineFacts>;
  readonly nodeConfigs: Map<string, Json>;
  readonly digests: Map<string, string>;
  readonly artefacts: Map<string, Json>;
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
    imageDigests: async () => new Map(inventory.digests),
    putImageDigest: async (image, digest) => put(inventory.digests, image, digest, 'digest'),
    kubeconfig: async () => inventory.kubeconfigs.get(''),
    putKubeconfig: async (yaml) => put(inventory.kubeconfigs, '', yaml, 'kubeconfig'),
    recordArtefacts: async (artefacts) =>
      artefacts.forEach((artefact) =>
        put(inventory.artefacts, `${artefact.kind} ${artefact.key}`, { ...artefact }, 'artefact'),
      ),
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
