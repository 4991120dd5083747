import * as v from 'valibot';
import type { Settings } from '#shared/contract/index.ts';
import { Settings as SettingsSchema } from '#shared/contract/settings.ts';
import { storeErrors } from '#shared/errors/store.ts';
import type { Database } from '#main/store/database/database.ts';
import { query } from '#main/store/database/tables.ts';

/** What a person set for all clusters and pages. */
export interface Preferences {
  /** With defaults for what was never set. @throws `store.settings_unusable` */
  get(): Settings;
  /** All or nothing; what is not named stays. */
  update(changes: Partial<Settings>): Settings;
}

/** One row, so that it changes as a whole. The table has a row of the vault's, too. */
const row = 'preferences';

/** Unknown keys are left out: an older version may open what a newer one of the same tables wrote. */
const Stored = v.object(SettingsSchema.entries);

export function preferencesIn(db: Database): Preferences {
  function get(): Settings {
    const found = db.first(query.selectFrom('settings').select('value').where('name', '=', row));
    const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), Stored), found?.value ?? '{}');
    if (parsed.success) return parsed.output;
    const [issue] = parsed.issues;
    throw storeErrors.settings_unusable({
      path: db.path,
      reason: `${v.getDotPath(issue) ?? 'settings'}: ${issue.message}`,
    });
  }

  return {
    get,
    update: (changes) =>
      db.transaction(() => {
        const settings = { ...get(), ...changes };
        const value = JSON.stringify(settings);
        db.run(
          query
            .insertInto('settings')
            .values({ name: row, value })
            .onConflict((conflict) => conflict.column('name').doUpdateSet({ value })),
        );
        return settings;
      }),
  };
}
