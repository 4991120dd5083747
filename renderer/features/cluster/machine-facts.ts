import * as v from 'valibot';
import type { Json } from '#shared/json.ts';

/** As much of a machine's facts as is shown. They were recorded by whatever version of Slipway looked last. */
const Facts = v.object({
  os: v.object({ name: v.string() }),
  docker: v.optional(v.object({ version: v.string() })),
  cpus: v.number(),
  memoryMiB: v.number(),
});

export interface FactsSeen {
  readonly system: string;
  /** Its version. */
  readonly docker: string | undefined;
}

/** `undefined` of a machine that nobody looked at. */
export function factsSeen(facts: Json): FactsSeen | undefined {
  const { success, output } = v.safeParse(Facts, facts);
  if (!success) return undefined;
  const memoryGiB = (output.memoryMiB / 1024).toFixed(1);
  return { system: `${output.os.name}, ${output.cpus} CPU, ${memoryGiB} GiB`, docker: output.docker?.version };
}
