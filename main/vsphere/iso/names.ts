/**
 * Names by interchange level 1 (ECMA-119 10.1): 8 + 3 capitals, digits and "_", all different, in the order of the
 * files. Only readers that know neither Rock Ridge nor Joliet ever show them.
 */
export function levelOneNames(names: readonly string[]): readonly string[] {
  const given = new Set<string>();
  return names.map((name) => {
    const [stem, extension] = split(name);
    let short = `${stem.slice(0, 8)}.${extension}`;
    for (let count = 1; given.has(short); count++) {
      const suffix = String(count);
      short = `${stem.slice(0, 8 - suffix.length)}${suffix}.${extension}`;
    }
    given.add(short);
    return `${short};1`;
  });
}

function split(name: string): readonly [stem: string, extension: string] {
  const plain = (text: string): string => text.toUpperCase().replaceAll(/[^A-Z0-9_]/g, '_');
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? [plain(name), ''] : [plain(name.slice(0, dot)), plain(name.slice(dot + 1)).slice(0, 3)];
}
