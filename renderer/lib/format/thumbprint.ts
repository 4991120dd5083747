/**
 * A SHA-256 thumbprint as groups of four bytes, as vCenter writes them but short enough to compare one after the other:
 * `AA:BB:CC:DD`, … Whatever is no thumbprint comes back as one group.
 */
export function thumbprintGroups(thumbprint: string): readonly string[] {
  const bytes = thumbprint.split(':');
  if (bytes.length !== 32) return [thumbprint];
  return Array.from({ length: 8 }, (_, group) => bytes.slice(group * 4, group * 4 + 4).join(':'));
}
