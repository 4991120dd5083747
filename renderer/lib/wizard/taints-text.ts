import type { MachinePoolInput } from '#shared/spec/node-template.ts';

export type Taint = NonNullable<MachinePoolInput['taints']>[number];

const line = /^([^=:\s]+)(?:=([^:\s]*))?:(NoSchedule|PreferNoSchedule|NoExecute)$/;

/** One per line, as kubectl writes them: `key=value:NoSchedule`. */
export function textOfTaints(taints: readonly Taint[]): string {
  return taints.map(({ key, value = '', effect }) => `${key}${value === '' ? '' : `=${value}`}:${effect}`).join('\n');
}

/** The other way round; `undefined` where a line is no taint. */
export function taintsOfText(text: string): Taint[] | undefined {
  const taints: Taint[] = [];
  for (const one of text.split('\n').map((each) => each.trim())) {
    if (one === '') continue;
    const [, key, value, effect] = line.exec(one) ?? [];
    if (key === undefined || effect === undefined) return undefined;
    taints.push({ key, ...(value ? { value } : {}), effect: effect as Taint['effect'] });
  }
  return taints;
}
