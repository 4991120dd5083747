import * as v from 'valibot';
import type { ErrorData } from '../errors/define.ts';
import { plain } from './define.ts';

/** What several operations take. Every text has a limit: what is refused here costs nothing. */

export const nothing = v.strictObject({});

const short = (most: number) => v.pipe(v.string(), v.minLength(1, 'must not be empty'), v.maxLength(most));

/** Name or id of a cluster, credential or template: what there is of that name is for the inventory to say. */
export const name = short(253);
export const runId = v.pipe(v.string(), v.regex(/^[\w-]{1,128}$/, 'must be the id of a run'));
/** `phase/target`. */
export const stepId = short(512);
/** A cluster spec or node template, YAML or JSON. */
export const documentText = v.pipe(v.string(), v.maxLength(1024 * 1024, 'must be at most 1 MiB'));
export const description = v.pipe(v.string(), v.maxLength(1000));
export const address = short(512);
export const user = short(256);
/** Goes in, never out. */
export const password = v.pipe(v.string(), v.maxLength(4096));
export const proxy = short(2048);
export const pem = short(256 * 1024);
/** Epoch ms. */
export const time = v.number();
export const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER));

export const errorData = plain<ErrorData>();
