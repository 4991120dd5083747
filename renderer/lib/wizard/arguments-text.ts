type Arguments = Readonly<Record<string, string | null>>;

/** One per line, `name=value`; a line with only `-name` takes one of Slipway's own arguments away. */
export function textOfArguments(given: Arguments): string {
  return Object.entries(given)
    .map(([name, value]) => (value === null ? `-${name}` : `${name}=${value}`))
    .join('\n');
}

/** The other way round; `--name=value` as in a shell is understood too. */
export function argumentsOfText(text: string): Record<string, string | null> {
  const lines = text.split('\n').map((line) => line.trim());
  return Object.fromEntries(
    lines.flatMap((line): [string, string | null][] => {
      const taken = /^-(?!-)([\w-]+)$/.exec(line)?.[1];
      if (taken !== undefined) return [[taken, null]];
      const [, name, value = ''] = /^(?:--)?([\w-]+)(?:=(.*))?$/.exec(line) ?? [];
      return name === undefined ? [] : [[name, value]];
    }),
  );
}
