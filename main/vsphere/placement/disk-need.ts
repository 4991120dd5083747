import type { NodeTemplate } from '#shared/spec/node-template.ts';
import { disksOf, type Device } from '../vm/devices.ts';

const gib = 2 ** 30;

/**
 * What one machine takes on its datastore at once: a disk of fixed size all of it, a thin one at least what the source
 * has in it, a linked clone nothing, and memory a swap file of its size.
 */
export function diskNeedBytes(
  { clone, diskGiB, disks, memoryMiB }: Pick<NodeTemplate, 'clone' | 'diskGiB' | 'disks' | 'memoryMiB'>,
  source: { readonly devices: readonly Device[]; readonly usedBytes: number },
): number {
  const own = disksOf(source.devices);
  const [first] = own;
  const grownBytes = first && diskGiB !== undefined ? Math.max(0, diskGiB * gib - first.capacityBytes) : 0;
  const fixed = own.filter(({ thin }) => !thin).reduce((sum, { capacityBytes }) => sum + capacityBytes, 0);
  const copied = own.some(({ thin }) => thin) ? Math.max(fixed, source.usedBytes) : fixed;
  const grown = first && !first.thin ? grownBytes : 0;
  const added = disks.filter(({ thin }) => !thin).reduce((sum, { sizeGiB }) => sum + sizeGiB * gib, 0);
  return (clone === 'linked' ? 0 : copied + grown) + added + memoryMiB * 2 ** 20;
}
