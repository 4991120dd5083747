/**
 * Whether the notes of a VM say that Slipway made it (`annotationOf` writes them). A word about us in somebody's own notes
 * is not enough: what is ours may be removed.
 */
export function isOurs(annotation: string): boolean {
  return /^(made by slipway|slipway made)\b/i.test(annotation) || /^slipway\.dev\/cluster: \S/m.test(annotation);
}
