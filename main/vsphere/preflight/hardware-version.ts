/** `vmx-19` → 19. */
export function hardwareVersion(text: string): number | undefined {
  const digits = /^vmx-(\d+)$/.exec(text)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/**
 * The newest virtual hardware that an ESXi release runs (Broadcom KB 315655, "Virtual machine hardware versions").
 * `undefined` for releases that this table does not know: they are newer, and run what is older.
 */
export function newestHardwareOf(esxiVersion: string): number | undefined {
  const exact = newest.find(([version]) => version === esxiVersion);
  if (exact) return exact[1];
  return newest.find(([version]) => esxiVersion.startsWith(`${version}.`))?.[1];
}

const newest: readonly (readonly [string, number])[] = [
  ['9.0', 22],
  ['8.0.3', 21],
  ['8.0.2', 21],
  ['8.0.1', 20],
  ['8.0.0', 20],
  ['7.0.3', 19],
  ['7.0.2', 19],
  ['7.0.1', 18],
  ['7.0.0', 17],
  // The update is not in the version of 6.7: with update 2 it runs 15.
  ['6.7', 15],
  ['6.5', 13],
  ['6.0', 11],
];
