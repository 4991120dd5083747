import type { KubeObject, ObjectRef } from '#main/cluster/ports.ts';
import { kubeErrors } from '#shared/errors/kube.ts';

/** `undefined` when it is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The caller decides what a text that is no JSON means; the parser's own message never helps a person.
    return undefined;
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @throws `kube.unexpected` when the text is no object of the API. */
export function parseObject(text: string, what: string): KubeObject {
  const value = parseJson(text);
  if (isKubeObject(value)) return value;
  throw kubeErrors.unexpected({ what, message: text.slice(0, 200) });
}

export interface ObjectList {
  readonly items: readonly KubeObject[];
  readonly resourceVersion: string;
  /** '' on the last page. */
  readonly continueToken: string;
}

/** Items of a list carry no apiVersion and kind of their own: they get those that were asked for. */
export function parseList(text: string, ref: Pick<ObjectRef, 'apiVersion' | 'kind'>, what: string): ObjectList {
  const list = parseJson(text);
  if (!isRecord(list) || !isRecord(list['metadata'])) {
    throw kubeErrors.unexpected({ what, message: text.slice(0, 200) });
  }
  const items: unknown[] = Array.isArray(list['items']) ? list['items'] : [];
  const { apiVersion, kind } = ref;
  return {
    items: items.map((item) => (isRecord(item) ? { apiVersion, kind, ...item } : item)).filter(isKubeObject),
    resourceVersion: textOf(list['metadata']['resourceVersion']),
    continueToken: textOf(list['metadata']['continue']),
  };
}

export function isKubeObject(value: unknown): value is KubeObject {
  return (
    isRecord(value) &&
    typeof value['apiVersion'] === 'string' &&
    typeof value['kind'] === 'string' &&
    isRecord(value['metadata']) &&
    typeof value['metadata']['name'] === 'string'
  );
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
