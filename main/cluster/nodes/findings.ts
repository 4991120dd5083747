import type { SlipwayError } from '#shared/errors/define.ts';

/** What a look found: errors stop what depends on it, warnings are shown. */
export interface Findings {
  readonly errors: readonly SlipwayError[];
  readonly warnings: readonly string[];
}
