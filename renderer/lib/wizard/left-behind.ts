import { keptContent, type DraftContent } from './draft-content.ts';

type Place = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

const keyOf = (draft: string): string => `slipway.draft.${draft}`;

/**
 * What was typed last before the page went. A browser ends the connection to the host before it tells the page that it
 * goes, so this cannot be sent any more; whoever opens the draft next finds it here.
 */
export function leaveBehind(place: Place, draft: string, content: DraftContent): void {
  place.setItem(keyOf(draft), JSON.stringify(content));
}

/** The host has something newer, or nobody wants the draft any more. */
export function dropLeft(place: Place, draft: string): void {
  place.removeItem(keyOf(draft));
}

/** `undefined` where nothing was left, which is usual. */
export function leftBehind(place: Place, draft: string): DraftContent | undefined {
  const text = place.getItem(keyOf(draft));
  if (text === null) return undefined;
  try {
    return keptContent(JSON.parse(text));
  } catch {
    return undefined; // no JSON: not of ours, and the host's own draft is there
  }
}
