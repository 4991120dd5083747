import { storeErrors } from '#shared/errors/store.ts';
import type { Database } from '#main/store/database/database.ts';
import { query } from '#main/store/database/tables.ts';

/** What the store needs of a vault (the port; `main/secrets` has the real one). */
export interface Sealing {
  /** Which vault it is. */
  readonly id: string;
  /** @param context What the value is and whose; needed again to open it. */
  seal(plaintext: string, context: string): string;
  open(sealed: string, context: string): string;
}

/**
 * Opens the vault at the first secret, not before: `slipway status` works without keychain. The first vault that is used
 * is noted, so that a new vault beside old secrets is refused instead of mixing two.
 * @throws `store.other_vault`, whatever `open` throws (and asks again the next time)
 */
export function sealingFor(db: Database, open: () => Promise<Sealing>): () => Promise<Sealing> {
  let opened: Promise<Sealing> | undefined;

  async function openOnce(): Promise<Sealing> {
    const sealing = await open();
    db.transaction(() => {
      const noted = db.first(query.selectFrom('settings').select('value').where('name', '=', 'vault'));
      if (!noted) db.run(query.insertInto('settings').values({ name: 'vault', value: sealing.id }));
      else if (noted.value !== sealing.id) throw storeErrors.other_vault({ path: db.path });
    });
    return sealing;
  }

  return () => {
    opened ??= openOnce().catch((cause: unknown) => {
      opened = undefined;
      throw cause;
    });
    return opened;
  };
}
