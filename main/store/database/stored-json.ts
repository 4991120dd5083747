/**
 * Reads back what one of our own typed columns was written from. The one place that trusts its type: what comes from
 * outside (specs, answers of machines) is validated before it is stored.
 */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
export function parseStored<T>(text: string): T {
  return JSON.parse(text) as T;
}
