import type { MachineFacts } from '#main/cluster/machine-facts.ts';
import type { InventoryPort } from '#main/cluster/ports.ts';
import type { Json } from '#shared/json.ts';
import type { Database } from '#main/store/database/database.ts';
import { artefactsOf } from './inventory-view.ts';
import type { Sealing } from '#main/store/sealing/sealing.ts';
import { parseStored } from '#main/store/database/stored-json.ts';
import { query } from '#main/store/database/tables.ts';
import { type VmRecords, vmRecords } from './vm-records.ts';

export interface InventoryOptions {
  readonly sealing: () => Promise<Sealing>;
  readonly resolveSecret: (reference: string) => Promise<string>;
  readonly now: () => number;
  /** Told each secret that is read or written: the redactor's `register`. */
  readonly onSecret: (value: string) => void;
}

/** The records of one cluster, for its run. Each write is one transaction that survives a power cut when it resolves. */
export function inventoryIn(db: Database, clusterId: string, options: InventoryOptions): InventoryPort {
  return {
    ...sealedRecords(db, clusterId, options),
    ...plainRecords(db, clusterId, options.now),
    ...vmRecords(db, clusterId),
    resolveSecret: options.resolveSecret,
  };
}

type SealedRecords = Pick<
  InventoryPort,
  'certificates' | 'putCertificates' | 'secret' | 'putSecret' | 'kubeconfig' | 'putKubeconfig'
>;

function sealedRecords(db: Database, clusterId: string, { sealing, onSecret }: InventoryOptions): SealedRecords {
  // The context binds each value to its place: a row copied to another cluster or name does not open there.
  const keyContext = (name: string) => `certificate:${clusterId}:${name}`;
  const secretContext = (name: string) => `secret:${clusterId}:${name}`;
  const kubeconfigContext = `kubeconfig:${clusterId}`;

  return {
    async certificates() {
      const rows = db.all(
        query
          .selectFrom('certificates')
          .select(['name', 'certificate', 'sealed_key'])
          .where('cluster_id', '=', clusterId)
          .orderBy('name'),
      );
      if (rows.length === 0) return new Map();
      const vault = await sealing();
      return new Map(
        rows.map(({ name, certificate, sealed_key: key }) => {
          const keyPem = key === null ? '' : vault.open(key, keyContext(name));
          if (keyPem) onSecret(keyPem);
          return [name, { name, certificatePem: certificate, keyPem }];
        }),
      );
    },

    async putCertificates(certificates) {
      const vault = await sealing();
      const rows = certificates.map(({ name, certificatePem, keyPem }) => {
        if (keyPem) onSecret(keyPem);
        return { name, certificate: certificatePem, sealed_key: keyPem ? vault.seal(keyPem, keyContext(name)) : null };
      });
      await db.durably(() => {
        for (const { name, ...content } of rows) {
          db.run(
            query
              .insertInto('certificates')
              .values({ cluster_id: clusterId, name, ...content })
              .onConflict((conflict) => conflict.columns(['cluster_id', 'name']).doUpdateSet(content)),
          );
        }
      });
    },

    async secret(name) {
      const row = db.first(
        query
          .selectFrom('cluster_secrets')
          .select('sealed')
          .where('cluster_id', '=', clusterId)
          .where('name', '=', name),
      );
      if (!row) return undefined;
      const value = (await sealing()).open(row.sealed, secretContext(name));
      onSecret(value);
      return value;
    },

    async putSecret(name, value) {
      onSecret(value);
      const content = { sealed: (await sealing()).seal(value, secretContext(name)) };
      await db.durably(() =>
        db.run(
          query
            .insertInto('cluster_secrets')
            .values({ cluster_id: clusterId, name, ...content })
            .onConflict((conflict) => conflict.columns(['cluster_id', 'name']).doUpdateSet(content)),
        ),
      );
    },

    async kubeconfig() {
      const row = db.first(query.selectFrom('kubeconfigs').select('sealed').where('cluster_id', '=', clusterId));
      // Not told to onSecret: most of it is public; the client key in it came from here and is known already.
      return row && (await sealing()).open(row.sealed, kubeconfigContext);
    },

    async putKubeconfig(yaml) {
      const content = { sealed: (await sealing()).seal(yaml, kubeconfigContext) };
      await db.durably(() =>
        db.run(
          query
            .insertInto('kubeconfigs')
            .values({ cluster_id: clusterId, ...content })
            .onConflict((conflict) => conflict.column('cluster_id').doUpdateSet(content)),
        ),
      );
    },
  };
}

type PlainRecords = Omit<InventoryPort, keyof SealedRecords | keyof VmRecords | 'resolveSecret'>;

function plainRecords(db: Database, clusterId: string, now: () => number): PlainRecords {
  const machine = (name: string) =>
    db.first(
      query
        .selectFrom('machines')
        .select(['facts', 'node_config'])
        .where('cluster_id', '=', clusterId)
        .where('name', '=', name),
    );

  async function putMachine(name: string, content: { facts: string } | { node_config: string }): Promise<void> {
    await db.durably(() =>
      db.run(
        query
          .insertInto('machines')
          .values({ cluster_id: clusterId, name, ...content })
          .onConflict((conflict) => conflict.columns(['cluster_id', 'name']).doUpdateSet(content)),
      ),
    );
  }

  return {
    async facts(name) {
      const facts = machine(name)?.facts;
      return facts ? parseStored<MachineFacts>(facts) : undefined;
    },
    putFacts: async (name, facts) => putMachine(name, { facts: JSON.stringify(facts) }),

    async nodeConfig(name) {
      const config = machine(name)?.node_config;
      return config ? parseStored<Json>(config) : undefined;
    },
    putNodeConfig: async (name, config) => putMachine(name, { node_config: JSON.stringify(config) }),

    async imageDigests() {
      const rows = db.all(
        query.selectFrom('image_digests').select(['image', 'digest']).where('cluster_id', '=', clusterId),
      );
      return new Map(rows.map(({ image, digest }) => [image, digest]));
    },
    async putImageDigest(image, digest) {
      await db.durably(() =>
        db.run(
          query
            .insertInto('image_digests')
            .values({ cluster_id: clusterId, image, digest })
            .onConflict((conflict) => conflict.columns(['cluster_id', 'image']).doUpdateSet({ digest })),
        ),
      );
    },

    async recordArtefacts(artefacts) {
      const recorded_at = now();
      await db.durably(() => {
        for (const { kind, key, where } of artefacts) {
          db.run(
            query
              .insertInto('artefacts')
              .values({ cluster_id: clusterId, kind, key, location: where, recorded_at })
              .onConflict((conflict) => conflict.columns(['cluster_id', 'kind', 'key']).doNothing()),
          );
        }
      });
    },
    artefacts: async () => artefactsOf(db, clusterId),
    async forgetArtefacts(artefacts) {
      // A record that a power cut brings back does no harm: removing what is gone is no error.
      const durability = { powerCut: false };
      db.transaction(() => {
        for (const { kind, key } of artefacts) {
          db.run(
            query
              .deleteFrom('artefacts')
              .where('cluster_id', '=', clusterId)
              .where('kind', '=', kind)
              .where('key', '=', key),
          );
        }
      }, durability);
    },

    async putStatus(key, value) {
      const content = { value: JSON.stringify(value) };
      await db.durably(() =>
        db.run(
          query
            .insertInto('statuses')
            .values({ cluster_id: clusterId, key, ...content })
            .onConflict((conflict) => conflict.columns(['cluster_id', 'key']).doUpdateSet(content)),
        ),
      );
    },
  };
}
