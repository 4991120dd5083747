/** Whether the notes of a VM say that Slipway made it: their first line names us. */
export function isOurs(annotation: string): boolean {
  return /\bslipway\b/i.test(annotation.split('\n', 1)[0] ?? '');
}
