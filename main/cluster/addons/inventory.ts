import type { StepContext } from '#main/engine/phase.ts';
import type { KubePort, ObjectRef } from '../ports.ts';
import { titleOf } from './manifest.ts';

/** Removing one of these takes things along that no manifest ever named: all objects in it, or a person's data. */
const neverPruned = new Set(['Namespace', 'CustomResourceDefinition', 'PersistentVolume', 'PersistentVolumeClaim']);

/** What the annotation says; nothing for one that somebody damaged: then nothing is pruned, which harms nobody. */
export function parseInventory(text: string): readonly ObjectRef[] {
  try {
    const refs: unknown = JSON.parse(text);
    return Array.isArray(refs) ? refs.filter(isObjectRef) : [];
  } catch {
    return []; // see above
  }
}

export function inventoryText(refs: readonly ObjectRef[]): string {
  return JSON.stringify([...refs].sort((a, b) => (key(a) < key(b) ? -1 : 1)));
}

export function union(a: readonly ObjectRef[], b: readonly ObjectRef[]): readonly ObjectRef[] {
  return [...new Map([...a, ...b].map((ref) => [key(ref), ref])).values()];
}

/** Removes what is in `known` and not in `wanted`, last made first. */
export async function prune(
  kube: KubePort,
  known: readonly ObjectRef[],
  wanted: readonly ObjectRef[],
  context: StepContext,
): Promise<void> {
  const keep = new Set(wanted.map(key));
  for (const ref of known.filter((candidate) => !keep.has(key(candidate))).reverse()) {
    if (neverPruned.has(ref.kind)) {
      context.warn(
        `${titleOf(ref)} is no longer in the manifest; it stays, because removing it would remove its contents.`,
      );
      continue;
    }
    context.log(`removing ${titleOf(ref)}`);
    await kube.remove(ref, context.signal);
  }
}

/** The group without its version: the same object may be written in a newer version of its kind. */
function key({ apiVersion, kind, namespace, name }: ObjectRef): string {
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
  return [group, kind, namespace ?? '', name].join('/');
}

function isObjectRef(value: unknown): value is ObjectRef {
  if (typeof value !== 'object' || value === null) return false;
  const texts = ['apiVersion', 'kind', 'name'].map((field): unknown => Reflect.get(value, field));
  const namespace: unknown = Reflect.get(value, 'namespace');
  return texts.every((text) => typeof text === 'string') && (namespace === undefined || typeof namespace === 'string');
}
