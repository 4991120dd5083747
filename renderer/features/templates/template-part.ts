import type { NodeTemplateInput } from '#shared/spec/node-template.ts';

/** What each part of the form of a node template gets. */
export interface TemplatePart {
  readonly template: NodeTemplateInput;
  /** What is wrong with the field of this path within the template: `source`, `networks.0.network`. */
  readonly errorAt: (path: string) => string | undefined;
  readonly onchange: (template: NodeTemplateInput) => void;
}

/** Whether one of these fields is wrong: a part of the form that begins closed opens then. */
export function isWrongAt(errorAt: TemplatePart['errorAt'], paths: readonly string[]): boolean {
  return paths.some((path) => errorAt(path) !== undefined);
}

/** Beside the title of such a part; `undefined` where there are none. */
export function countNote(count: number): string | undefined {
  return count === 0 ? undefined : String(count);
}
