/** Shorter values are not looked for: "abc" would blot out half of every log. */
export const shortestSecret = 4;
// A PEM body line has 64 characters; its last one may be short and then tells nothing.
const shortestLine = 16;
const shortestBase64 = 8;

/** The ways in which a secret may turn up in a text: as it is, escaped, encoded, or one line of it. */
export function formsOf(secret: string): ReadonlySet<string> {
  const forms = new Set<string>();
  const trimmed = secret.trim();
  if (trimmed.length < shortestSecret) return forms;
  forms.add(trimmed);
  forms.add(JSON.stringify(trimmed).slice(1, -1));
  forms.add(encodeURIComponent(wellFormed(trimmed)));
  for (const encoded of base64Forms(trimmed)) {
    forms.add(encoded);
    forms.add(encoded.replaceAll('+', '-').replaceAll('/', '_'));
    forms.add(encodeURIComponent(encoded));
  }
  for (const line of trimmed.split(/\r?\n/).slice(0, trimmed.includes('\n') ? undefined : 0)) {
    const text = line.trim();
    // "-----BEGIN … KEY-----" is no secret and helps to see what was cut out.
    if (text.length >= shortestLine && !text.startsWith('-----')) forms.add(text);
  }
  return forms;
}

/**
 * As base64 of its own, and inside a longer text that was encoded as a whole, such as Docker's `user:password`: there it
 * starts at any of three offsets, and only the characters between its neighbours' bits are always the same.
 */
function base64Forms(secret: string): readonly string[] {
  const bytes = Buffer.from(secret, 'utf8');
  const alone = bytes.toString('base64').replace(/=+$/, '');
  const inside = [0, 1, 2].map((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
    const startsAt = offset === 0 ? 0 : offset + 1;
    const rest = (offset + bytes.length) % 3;
    return encoded.slice(startsAt, encoded.length - (rest === 0 ? 0 : 4 - rest));
  });
  return [alone, ...inside.filter((core) => core.length >= shortestBase64)];
}

/** encodeURIComponent throws on half a surrogate pair. */
function wellFormed(text: string): string {
  return text.toWellFormed();
}
