import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { formsOf } from '#main/secrets/secret-forms.ts';
import type { Inventory } from './inventory.ts';
import type { Person } from './person.ts';

/** A place where no secret may be, and all that is there. */
export type Places = ReadonlyMap<string, string>;

/**
 * Looks for every secret in every place: as it is, escaped, in base64 (of its own or inside something longer), and each
 * line of a key.
 * @param publicTexts What they contain is no secret: half of a private key is the public one in its certificate.
 * @returns one sentence per find, without the secret.
 */
export function findSecrets(
  secrets: ReadonlyMap<string, string>,
  places: Places,
  publicTexts: readonly string[],
): readonly string[] {
  return [...secrets].flatMap(([secret, value]) => {
    const forms = [...formsOf(value)].filter((form) => !publicTexts.some((text) => text.includes(form)));
    if (forms.length === 0) throw new Error(`Nothing of ${secret} can be looked for.`);
    return [...places].flatMap(([place, content]) => {
      const found = forms.find((form) => content.includes(form));
      if (found === undefined) return [];
      const at = content.indexOf(found);
      const before = content.slice(Math.max(0, at - 60), at).replaceAll('\n', ' ');
      return [`${secret} is in ${place}, after "${before}"`];
    });
  });
}

/** Every file of the person's inventory, byte by byte; the journal; and all that was printed. */
export async function onThisComputer(person: Person, inventory: Inventory): Promise<Places> {
  const files = (await readdir(person.home, { recursive: true, withFileTypes: true })).filter((file) => file.isFile());
  const contents = await Promise.all(
    // Latin-1: byte by byte, as SQLite's pages are no text.
    files.map(async ({ parentPath, name }) => {
      const path = join(parentPath, name);
      return [`${path} (raw)`, Buffer.from(await person.readBytes(path)).toString('latin1')] as const;
    }),
  );
  const events = inventory.runs.flatMap(({ runId }) => inventory.events(runId));
  return new Map([
    ...contents,
    ['the journal', JSON.stringify(events)],
    ['what the command line printed', person.said],
  ]);
}
