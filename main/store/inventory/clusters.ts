import { randomInt } from 'node:crypto';
import type { Selectable } from 'kysely';
import * as v from 'valibot';
import { storeErrors } from '#shared/errors/store.ts';
import { ClusterSpec } from '#shared/spec/cluster.ts';
import type { Database } from '#main/store/database/database.ts';
import { artefactsOf } from './inventory-view.ts';
import { query, type Tables } from '#main/store/database/tables.ts';
import { forgetHostKeys, vmsOf } from './vm-records.ts';

export interface ClusterRecord {
  /** `c-` + 5 characters. */
  readonly id: string;
  readonly name: string;
  readonly spec: ClusterSpec;
  readonly release: string;
  /** Epoch ms. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface ClusterContent {
  readonly spec: ClusterSpec;
  /** The release that the spec resolved to, such as `v1.36.3`. */
  readonly release: string;
}

export interface Clusters {
  /** Its name is the spec's. @throws `store.cluster_exists` */
  create(content: ClusterContent): ClusterRecord;
  find(nameOrId: string): ClusterRecord | undefined;
  /** @throws `store.cluster_unknown`, with the names that there are not: the caller's words. */
  get(nameOrId: string): ClusterRecord;
  /** Of the one with this id: without its spec, for those who ask again and again. */
  nameOf(id: string): string | undefined;
  /** The name stays. @throws `store.cluster_unknown` */
  updateSpec(id: string, content: ClusterContent): void;
  /**
   * With everything of it, run logs and the host keys that we made included. No error when there is none.
   * @throws `store.cluster_not_empty` while something is recorded that exists outside, unless that shall be forgotten.
   */
  remove(id: string, options?: { readonly forgetWhatExists: boolean }): void;
  /** By name. */
  list(): readonly ClusterRecord[];
}

type ClusterRow = Selectable<Tables['clusters']>;

export interface ClustersOptions {
  readonly now: () => number;
  readonly removeLog: (runId: string) => void;
  readonly newId?: () => string;
}

export function clustersIn(db: Database, { now, removeLog, newId = randomClusterId }: ClustersOptions): Clusters {
  function find(nameOrId: string): ClusterRow | undefined {
    // A cluster may be named like another one's id: the id wins, because scripts use it.
    const select = query.selectFrom('clusters').selectAll();
    return db.first(select.where('id', '=', nameOrId)) ?? db.first(select.where('name', '=', nameOrId));
  }

  return {
    create: ({ spec, release }) =>
      db.transaction(() => {
        const name = spec.metadata.name;
        const named = db.first(query.selectFrom('clusters').select('id').where('name', '=', name));
        if (named) throw storeErrors.cluster_exists({ name, id: named.id });
        const at = now();
        const row = {
          id: freeId(db, newId),
          name,
          spec: JSON.stringify(spec),
          release,
          created_at: at,
          updated_at: at,
        };
        db.run(query.insertInto('clusters').values(row));
        return recordOf(row);
      }),
    find(nameOrId) {
      const row = find(nameOrId);
      return row && recordOf(row);
    },
    get(nameOrId) {
      const row = find(nameOrId);
      if (!row) throw storeErrors.cluster_unknown({ name: nameOrId });
      return recordOf(row);
    },
    nameOf: (id) => db.first(query.selectFrom('clusters').select('name').where('id', '=', id))?.name,
    updateSpec(id, { spec, release }) {
      const changed = db.run(
        query
          .updateTable('clusters')
          .set({ spec: JSON.stringify(spec), release, updated_at: now() })
          .where('id', '=', id),
      );
      if (changed === 0) throw storeErrors.cluster_unknown({ name: id });
    },
    remove: (id, { forgetWhatExists } = { forgetWhatExists: false }) =>
      db.transaction(() => {
        const cluster = db.first(query.selectFrom('clusters').select('name').where('id', '=', id));
        if (!cluster) return;
        const exists = whatExists(db, id);
        if (exists !== '' && !forgetWhatExists) throw storeErrors.cluster_not_empty({ cluster: cluster.name, exists });
        forgetHostKeys(db, id);
        const runs = db.all(query.selectFrom('runs').select('id').where('cluster_id', '=', id));
        db.run(query.deleteFrom('clusters').where('id', '=', id)); // all that is a cluster's goes with its row
        // Last, and still inside: where a log cannot be removed, the cluster stays and it can be tried again.
        for (const run of runs) removeLog(run.id);
      }),
    list: () => db.all(query.selectFrom('clusters').selectAll().orderBy('name')).map(recordOf),
  };
}

/** The first few, by kind and key; '' when nothing is recorded. */
function whatExists(db: Database, clusterId: string): string {
  const shown = 5;
  const made = [...vmsOf(db, clusterId)].filter(([, { cloned }]) => cloned);
  const vms = made.map(([machine]) => `VM ${machine}`);
  const all = [...vms, ...artefactsOf(db, clusterId).map(({ kind, key }) => `${kind} ${key}`)];
  const more = all.length - shown;
  return [...all.slice(0, shown), ...(more > 0 ? [`${String(more)} more`] : [])].join(', ');
}

/** 36⁵ = 60 million ids: a clash is rare, but must not end a run. */
function freeId(db: Database, newId: () => string): string {
  for (;;) {
    const id = newId();
    if (!db.first(query.selectFrom('clusters').select('id').where('id', '=', id))) return id;
  }
}

const idCharacters = 'abcdefghijklmnopqrstuvwxyz0123456789';

function randomClusterId(): string {
  return `c-${Array.from({ length: 5 }, () => idCharacters[randomInt(idCharacters.length)]).join('')}`;
}

function recordOf(row: ClusterRow): ClusterRecord {
  return {
    id: row.id,
    name: row.name,
    spec: specOf(row),
    release: row.release,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

/** Parsed again, so that fields which a later version added get their defaults. */
function specOf(row: ClusterRow): ClusterSpec {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), ClusterSpec), row.spec);
  if (parsed.success) return parsed.output;
  const issue = parsed.issues[0];
  const reason = `${v.getDotPath(issue) ?? 'document'}: ${issue.message}`;
  throw storeErrors.spec_unreadable({ cluster: row.name, reason });
}
