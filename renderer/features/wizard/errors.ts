import type { Wizard } from '#renderer/lib/state/wizard/wizard.svelte.ts';
import { m } from '#renderer/messages/catalogue.ts';

/** What the field with this path says is wrong with it, once the person wanted to go on. */
export function errorAt(wizard: Wizard, path: string): string | undefined {
  const problem = wizard.problemAt(path);
  if (!problem) return undefined;
  return problem.expected === undefined ? m.wizard.required : m.wizard.must(problem.expected);
}
