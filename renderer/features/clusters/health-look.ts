import CircleCheck from '@lucide/svelte/icons/circle-check';
import CircleX from '@lucide/svelte/icons/circle-x';
import TriangleAlert from '@lucide/svelte/icons/triangle-alert';
import type { ClusterHealth } from '#renderer/lib/client/answers.ts';
import { m } from '#renderer/messages/catalogue.ts';

interface HealthLook {
  readonly icon: typeof CircleCheck;
  readonly colour: string;
  readonly words: string;
  /** What is not well, in words; empty when all is. */
  readonly troubles: readonly string[];
}

/** A cluster's health in an icon and words. */
export function healthLook(health: ClusterHealth): HealthLook {
  if (!health.reachable) {
    return { icon: CircleX, colour: 'text-bad', words: m.health.unreachable, troubles: [health.error?.cause ?? ''] };
  }
  const ready = health.nodes.filter((node) => node.ready).length;
  const short = health.addons.filter(({ wanted, available }) => available < wanted);
  const troubles = [
    ...health.nodes.flatMap(({ name, problems }) => problems.map((problem) => `${name}: ${problem}`)),
    ...short.map(({ name, wanted, available }) => m.health.addon(name, available, wanted)),
  ];
  if (ready < health.nodes.length) {
    const words = m.health.nodes(ready, health.nodes.length);
    return { icon: CircleX, colour: 'text-bad', words, troubles };
  }
  if (short.length > 0) {
    return { icon: TriangleAlert, colour: 'text-warn', words: m.health.addonsShort(short.length), troubles };
  }
  return { icon: CircleCheck, colour: 'text-good', words: m.health.good, troubles };
}
