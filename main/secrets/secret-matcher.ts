/** Finds many known texts in one pass. */
export interface SecretMatcher {
  /** @param text At least 4 characters. */
  add(text: string): void;
  replace(text: string, replacement: string): string;
}

const prefixLength = 4;
const tableBits = 20;

/**
 * Patterns are found by their first four characters: one bit in a table says "none starts like this", so a line costs
 * about a nanosecond per character however many secrets there are. A regular expression over thousands of
 * alternatives costs that per alternative.
 */
export function createSecretMatcher(): SecretMatcher {
  const table = new Uint8Array(2 ** tableBits);
  const patterns = new Map<string, string[]>();

  /** End of the longest pattern that starts at `at`, or `at`. */
  function longestAt(text: string, at: number): number {
    const bucket = patterns.get(text.substring(at, at + prefixLength));
    const found = bucket?.find((pattern) => text.startsWith(pattern, at));
    return at + (found?.length ?? 0);
  }

  return {
    add(text) {
      const prefix = text.substring(0, prefixLength);
      const bucket = patterns.get(prefix) ?? [];
      if (bucket.includes(text)) return;
      bucket.push(text);
      bucket.sort((a, b) => b.length - a.length);
      patterns.set(prefix, bucket);
      table[hashAt(text, 0)] = 1;
    },
    replace(text, replacement) {
      let result = '';
      let copiedTo = 0;
      let hiddenTo = 0; // overlapping secrets are hidden as one: the tail of the second must not stay behind
      let hiddenFrom = -1;
      for (let at = 0; at + prefixLength <= text.length; at++) {
        if (hiddenFrom >= 0 && at >= hiddenTo) {
          result += text.substring(copiedTo, hiddenFrom) + replacement;
          copiedTo = hiddenTo;
          hiddenFrom = -1;
        }
        if (table[hashAt(text, at)] === 0) continue;
        const end = longestAt(text, at);
        if (end === at) continue;
        if (hiddenFrom < 0) hiddenFrom = at;
        hiddenTo = Math.max(hiddenTo, end);
      }
      if (hiddenFrom >= 0) {
        result += text.substring(copiedTo, hiddenFrom) + replacement;
        copiedTo = hiddenTo;
      }
      return copiedTo === 0 ? text : result + text.substring(copiedTo);
    },
  };
}

function hashAt(text: string, at: number): number {
  const mixed =
    Math.imul(text.charCodeAt(at), 0x9e3779b1) ^
    Math.imul(text.charCodeAt(at + 1), 0x85ebca6b) ^
    Math.imul(text.charCodeAt(at + 2), 0xc2b2ae35) ^
    Math.imul(text.charCodeAt(at + 3), 0x27d4eb2f);
  return mixed >>> (32 - tableBits);
}
