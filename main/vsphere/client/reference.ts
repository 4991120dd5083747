/** A managed object reference: how vCenter names an object in its API. The id is unique in one vCenter only. */
export interface Ref<T extends string = string> {
  /** The exact type: `VirtualMachine`, `ClusterComputeResource`. */
  readonly type: T;
  /** `vm-42`, `group-v3`. */
  readonly id: string;
}

export function ref<T extends string>(type: T, id: string): Ref<T> {
  return { type, id };
}

export function sameRef(a: Ref, b: Ref): boolean {
  return a.id === b.id && a.type === b.type;
}

/** A key for maps. */
export function refKey({ type, id }: Ref): string {
  return `${type}:${id}`;
}
