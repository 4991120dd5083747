/** Placeholder type until the releases table lands. */
export interface Dialect {
  readonly id: string;
}
