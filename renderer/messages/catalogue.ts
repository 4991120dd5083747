import { en } from './en.ts';

/** The shape that each language has: a translation that lacks a message does not compile. */
export type Catalogue = Widened<typeof en>;

type Widened<T> = T extends string
  ? string
  : T extends (...parameters: infer P) => string
    ? (...parameters: P) => string
    : { readonly [K in keyof T]: Widened<T[K]> };

/** The language in use. */
export const m: Catalogue = en;
