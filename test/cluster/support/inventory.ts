import { secretNames } from '#main/cluster/certificates/names.ts';
import { keyPair } from '#main/cluster/provision/key-pairs.ts';
import { hostKeySecret, userKeySecret } from '#main/cluster/provision/names.ts';
import type { VmRecord } from '#main/cluster/provision/vm-record.ts';
import { createRedactor } from '#main/secrets/redactor.ts';
import { openVault } from '#main/secrets/vault.ts';
import { Store } from '#main/store/store.ts';
import type { RunRecord } from '#main/store/runs/runs.ts';
import type { RunEvent } from '#shared/run/events.ts';
import type { ClusterSpec } from '#shared/spec/cluster.ts';
import type { Person } from './person.ts';

/** What a person's inventory holds of one cluster, opened with the product's own code. */
export interface Inventory {
  /** Of the cluster. */
  readonly id: string;
  readonly spec: ClusterSpec;
  /** Newest first. */
  readonly runs: readonly RunRecord[];
  /** Of one run, in order. */
  readonly events: (runId: string) => readonly RunEvent[];
  /** Of the machines that were made, by name. */
  readonly vms: ReadonlyMap<string, VmRecord>;
  /** By name: private keys of certificates, the keys that belong to none, and SSH keys of machines that were made. */
  readonly secrets: ReadonlyMap<string, string>;
  /** PEM: what is in there is public. */
  readonly certificates: readonly string[];
  close(): void;
}

export async function openInventory(person: Person, clusterName: string): Promise<Inventory> {
  const { home, passphraseFile } = person;
  const store = new Store({
    home,
    openVault: () => openVault({ home, passphraseFile }),
    redaction: createRedactor(),
    label: 'test',
    heartbeatLimitMs: 20_000,
  });
  const { id, spec } = store.clusters.get(clusterName);
  const inventory = store.inventoryFor(id, () => Promise.reject(new Error('not needed here')));
  const certificates = [...(await inventory.certificates()).values()];
  const secrets = new Map<string, string>();
  for (const { name, keyPem } of certificates) secrets.set(`key of ${name}`, keyPem);
  for (const name of [secretNames.serviceAccount, secretNames.encryption]) {
    secrets.set(name, (await inventory.secret(name)) ?? '');
  }
  const vms = await inventory.vms();
  for (const name of vms.size === 0 ? [] : [userKeySecret, ...[...vms.keys()].map(hostKeySecret)]) {
    secrets.set(name, (await keyPair(inventory, name))?.privateKey ?? '');
  }
  return {
    id,
    spec,
    vms,
    runs: store.runs.list(id),
    events: (runId) => store.runs.events(runId, 0),
    secrets,
    certificates: certificates.map(({ certificatePem }) => certificatePem),
    close: () => store.close(),
  };
}
