import * as v from 'valibot';
import { isSpecDocument, type SpecDocument } from './spec-document.ts';
import { isStep, type StepId } from './steps.ts';

/** What of the wizard survives its page. There is no secret in it: a spec only holds references. */
export interface DraftContent {
  readonly document: SpecDocument;
  readonly step: StepId;
}

/** `undefined` for a draft of another version: what its forms meant nobody knows any more. */
export function keptContent(content: unknown): DraftContent | undefined {
  const kept = v.safeParse(v.object({ document: v.unknown(), step: v.string() }), content);
  if (!kept.success || !isSpecDocument(kept.output.document)) return undefined;
  const { document, step } = kept.output;
  // What was on its way to the host when the page closed is looked at again.
  return { document, step: isStep(step) && step !== 'create' ? step : 'where' };
}
