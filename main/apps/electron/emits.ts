/**
 * One event of an object of Electron's, which declares a signature for each. Several are joined with `&`: a signature
 * with any of their names would be one that Electron's objects do not have.
 */
export type Emits<Name extends string, Args extends readonly unknown[]> = (
  event: Name,
  listener: (...args: Args) => void,
) => unknown;

export interface Preventable {
  preventDefault(): void;
}
