type Pairs = Readonly<Record<string, string>>;

const quoted = '"(?:[^"\\\\]|\\\\.)*"';
const line = new RegExp(`^(${quoted}|[^=]+)=(.*)$`);
const wholly = new RegExp(`^${quoted}$`);

/** One `name=value` per line. What a line cannot hold as it is stands in it as a JSON string. */
export function textOfPairs(pairs: Pairs): string {
  return Object.entries(pairs)
    .map(([name, value]) => `${plain(name, /=/)}=${plain(value)}`)
    .join('\n');
}

/** The other way round; `undefined` where a line is no pair. Blanks around name and value do not count. */
export function pairsOfText(text: string): Record<string, string> | undefined {
  const pairs: [string, string][] = [];
  for (const one of text.split('\n')) {
    if (one.trim() === '') continue;
    const [, name, value] = line.exec(one.trim()) ?? [];
    if (name === undefined || value === undefined || name.trim() === '') return undefined;
    pairs.push([read(name.trim()), read(value.trim())]);
  }
  return Object.fromEntries(pairs);
}

/** @param never what must not stand there as it is, besides */
function plain(text: string, never = /[\n\r]/): string {
  const isPlain = text === text.trim() && !/^"|[\n\r]/.test(text) && !never.test(text);
  return isPlain ? text : JSON.stringify(text);
}

function read(text: string): string {
  if (!wholly.test(text)) return text;
  try {
    return String(JSON.parse(text));
  } catch {
    return text; // quotes that mean themselves
  }
}
