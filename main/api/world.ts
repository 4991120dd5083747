import type { Clock } from '#main/engine/clock.ts';
import type { Meter } from '#main/engine/meter.ts';
import type { Random } from '#main/engine/retry.ts';
import type { Redactor } from '#main/secrets/redactor.ts';
import type { Store } from '#main/store/store.ts';

/** What a composition root opens once and every area of the api works with. */
export interface World {
  readonly store: Store;
  readonly redactor: Redactor;
  readonly clock: Clock;
  readonly meter: Meter;
  readonly random: Random;
  readonly env: Readonly<Record<string, string | undefined>>;
}
