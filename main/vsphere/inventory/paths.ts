import type { Ref } from '../client/reference.ts';

/** What a path is made of. */
export interface Entity {
  readonly ref: Ref;
  /** As vCenter keeps it, with `%2f` for a slash. */
  readonly rawName: string;
  readonly parent: Ref | undefined;
}

/** Names of vCenter have `%`, `/` and `\` as `%25`, `%2f` and `%5c`, and nothing else escaped. */
export function plainName(raw: string): string {
  return raw.replace(/%(25|2f|5c)/gi, (_whole, code: string) => String.fromCharCode(parseInt(code, 16)));
}

export interface Place {
  readonly path: string;
  readonly datacenter: Ref | undefined;
}

/**
 * Where everything is, by walking upward from each object once. The root folder is not in a path; an object whose parent
 * we may not see begins at what we can see.
 */
export class Tree {
  readonly #entities: ReadonlyMap<string, Entity>;
  readonly #places = new Map<string, Place>();

  constructor(entities: readonly Entity[], root: Ref) {
    this.#entities = new Map(entities.map((entity) => [entity.ref.id, entity]));
    this.#places.set(root.id, { path: '', datacenter: undefined });
  }

  /** The place of one of the tree's own objects, or of an object below one. */
  placeOf({ ref, rawName, parent }: Entity): Place {
    const known = this.#places.get(ref.id);
    if (known) return known;
    const above = parent && this.#placeAbove(parent);
    const place = {
      path: `${above?.path ?? ''}/${rawName}`,
      datacenter: ref.type === 'Datacenter' ? ref : above?.datacenter,
    };
    if (this.#entities.has(ref.id)) this.#places.set(ref.id, place);
    return place;
  }

  /** The nearest object of that type above. */
  above(ref: Ref | undefined, types: readonly string[]): Ref | undefined {
    for (let at = ref; at; at = this.#entities.get(at.id)?.parent) {
      if (types.includes(at.type)) return at;
    }
    return undefined;
  }

  #placeAbove(parent: Ref): Place | undefined {
    const entity = this.#entities.get(parent.id);
    return this.#places.get(parent.id) ?? (entity && this.placeOf(entity));
  }
}
