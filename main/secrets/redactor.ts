import { formsOf } from './secret-forms.ts';
import { createSecretMatcher } from './secret-matcher.ts';

export const redacted = '[redacted]';

/** Takes secrets out of texts, by value and by the name they stand behind. */
export interface Redactor {
  /**
   * From now on this value is hidden wherever it turns up: as it is, escaped for JSON or URLs, in base64 (also as part of
   * something longer), and each line of a key. Values under 4 characters are only hidden by name.
   */
  register(secret: string): void;
  /** Hides registered values, and whatever follows `password=`, `token:`, `Authorization: Bearer` and the like. */
  redact(text: string): string;
  /** The same for one field of an object: hidden whole when its name says that it is a secret. */
  redactField(name: string, text: string): string;
}

/** A field of this name holds a secret. */
export const secretName =
  /(?:password|passwd|passphrase|client[_-]?secret|secret[_-]?key|access[_-]?key|api[_-]?key|private[_-]?key|client[_-]key[_-]data|token|authorization)$/i;
// The part in front of the name is kept as it is, so `bearerToken` and `--registry-password` match as well.
const namedSecret =
  /((?:password|passwd|passphrase|client[_-]?secret|secret[_-]?key|access[_-]?key|api[_-]?key|private[_-]?key|client[_-]key[_-]data|token|authorization)["']?\s*[=:]\s*)("(?:[^"\\]|\\.)*"|'[^']*'|(?:bearer|basic)\s+\S+|[^\s"',;&}]+)/gi;
/** Where a secret is says nothing about it, and the person needs it to find a mistake. */
export const harmless = /^["']?(?:(?:file|env|vault):.*|true|false|null|)["']?$/i;

/** A redactor without any value yet: one per process, given to all that reads or writes secrets and texts. */
export function createRedactor(): Redactor {
  const matcher = createSecretMatcher();
  const seen = new Set<string>();

  const redact = (text: string): string =>
    matcher
      .replace(text, redacted)
      .replace(namedSecret, (whole: string, name: string, value: string) =>
        harmless.test(value) ? whole : `${name}${redacted}`,
      );

  return {
    register(secret) {
      if (seen.has(secret)) return;
      seen.add(secret);
      for (const form of formsOf(secret)) matcher.add(form);
    },
    redact,
    redactField: (name, text) => (secretName.test(name) && !harmless.test(text) ? redacted : redact(text)),
  };
}
