import * as v from 'valibot';
import { templateErrors } from '#shared/errors/template.ts';
import { NodeTemplate } from '#shared/spec/node-template.ts';
import type { Database } from '#main/store/database/database.ts';
import { query } from '#main/store/database/tables.ts';

/** Node templates of the inventory, by name. They belong to no cluster. */
export interface Templates {
  /** @throws `template.outdated` */
  find(name: string): NodeTemplate | undefined;
  /** @throws `template.exists` when there is one of its name, unless it may be replaced. */
  put(template: NodeTemplate, options: { readonly replace: boolean }): void;
  /** @returns whether there was one. */
  remove(name: string): boolean;
  /** By name. */
  list(): readonly NodeTemplate[];
}

export function templatesIn(db: Database, now: () => number): Templates {
  const select = query.selectFrom('templates').select(['name', 'template']);
  const one = (name: string) => db.first(select.where('name', '=', name));

  return {
    find(name) {
      const row = one(name);
      return row && templateOf(row);
    },
    put: (template, { replace }) =>
      db.transaction(() => {
        const { name } = template;
        if (!replace && one(name)) throw templateErrors.exists({ name });
        const content = { template: JSON.stringify(template), updated_at: now() };
        db.run(
          query
            .insertInto('templates')
            .values({ name, ...content })
            .onConflict((conflict) => conflict.column('name').doUpdateSet(content)),
        );
      }),
    remove: (name) => db.run(query.deleteFrom('templates').where('name', '=', name)) > 0,
    list: () => db.all(select.orderBy('name')).map(templateOf),
  };
}

/** Parsed again, so that fields which a later version added get their defaults. */
function templateOf(row: { readonly name: string; readonly template: string }): NodeTemplate {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), NodeTemplate), row.template);
  if (parsed.success) return parsed.output;
  const issue = parsed.issues[0];
  const reason = `${v.getDotPath(issue) ?? 'document'}: ${issue.message}`;
  throw templateErrors.outdated({ name: row.name, reason });
}
