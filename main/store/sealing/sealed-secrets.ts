import type { InventoryPort } from '#main/cluster/ports.ts';
import type { Credentials } from '#main/store/saved/credentials.ts';
import type { Database } from '#main/store/database/database.ts';
import type { NamedSecrets } from '#main/store/saved/named-secrets.ts';
import { query } from '#main/store/database/tables.ts';

/** All that is sealed in one inventory. */
export interface SealedSecrets {
  /**
   * Opens every value once, so that whoever is told of secrets (the redactor) knows them all. Only for what is about to be
   * given away as a whole: it costs a read of everything. @throws what opening the vault throws, `secrets.tampered`
   */
  tellAll(): Promise<void>;
}

export function sealedSecretsIn(
  db: Database,
  areas: {
    readonly secrets: NamedSecrets;
    readonly credentials: Credentials;
    readonly inventoryFor: (clusterId: string) => Pick<InventoryPort, 'certificates' | 'secret'>;
  },
): SealedSecrets {
  return {
    async tellAll() {
      for (const name of areas.secrets.names()) await areas.secrets.get(name);
      for (const { name } of areas.credentials.list()) await areas.credentials.secrets(name);
      for (const { id } of db.all(query.selectFrom('clusters').select('id'))) {
        const inventory = areas.inventoryFor(id);
        await inventory.certificates();
        for (const { name } of namesOf(db, id)) await inventory.secret(name);
      }
    },
  };
}

function namesOf(db: Database, clusterId: string) {
  return db.all(query.selectFrom('cluster_secrets').select('name').where('cluster_id', '=', clusterId));
}
