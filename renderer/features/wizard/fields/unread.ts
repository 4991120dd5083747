/**
 * The first field in there whose text could not be read: it is in no document yet, and would be gone with the field.
 * Other wrong values are in the document, which says so itself.
 */
export function unreadIn(place: HTMLElement): HTMLElement | undefined {
  return place.querySelector<HTMLElement>('[data-unread]') ?? undefined;
}
