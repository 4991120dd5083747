import { formsOf } from '#main/secrets/secret-forms.ts';

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
