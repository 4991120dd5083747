import { child, children, refOf, textAt, type XmlElement } from './answer.ts';
import { typed, type VimStruct } from './envelope.ts';
import { faultOfTask, type VimFault } from './fault.ts';
import type { Ref } from './reference.ts';

/** Which properties to read of objects of one type (and of the types derived from it). */
export interface PropertySet {
  readonly type: string;
  /** Paths: `name`, `summary.config.numCpu`. Each costs bytes for every object, so name only what is used. */
  readonly paths: readonly string[];
}

/** What was read of one object. */
export interface ObjectProperties {
  readonly ref: Ref;
  /** By path. A property that is unset, or may not be read, is not in it. */
  readonly values: ReadonlyMap<string, XmlElement>;
  /** Why properties are missing that we asked for: mostly `NoPermission`. */
  readonly missing: ReadonlyMap<string, VimFault>;
}

/** A `PropertyFilterSpec` for everything in a container view. */
export function viewFilter(view: Ref, sets: readonly PropertySet[]): VimStruct {
  const select = { name: 'inView', type: 'ContainerView', path: 'view', skip: false };
  return {
    propSet: propSets(sets),
    objectSet: { obj: view, skip: true, selectSet: typed('TraversalSpec', select) },
  };
}

/** A `PropertyFilterSpec` for objects that are known already. */
export function objectsFilter(objects: readonly Ref[], sets: readonly PropertySet[]): VimStruct {
  return { propSet: propSets(sets), objectSet: objects.map((obj) => ({ obj, skip: false })) };
}

function propSets(sets: readonly PropertySet[]): VimStruct[] {
  return sets.map(({ type, paths }) => ({ type, all: false, pathSet: paths }));
}

/** From an `ObjectContent`. */
export function readObject(content: XmlElement): ObjectProperties | undefined {
  const found = refOf(child(content, 'obj'));
  if (!found) return undefined;
  return {
    ref: found,
    values: new Map(
      children(content, 'propSet').flatMap((property) => {
        const path = textAt(property, 'name');
        const value = child(property, 'val');
        return path === undefined || !value ? [] : [[path, value] as const];
      }),
    ),
    missing: new Map(
      children(content, 'missingSet').flatMap((property) => {
        const path = textAt(property, 'path');
        const fault = child(property, 'fault');
        return path === undefined || !fault ? [] : [[path, faultOfTask(fault)] as const];
      }),
    ),
  };
}
