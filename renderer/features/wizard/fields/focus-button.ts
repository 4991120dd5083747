import { tick } from 'svelte';

/** Where the focus goes when what had it was taken away: otherwise a person without a mouse begins at the top again. */
export async function focusButtonIn(place: HTMLElement): Promise<void> {
  await tick();
  place.querySelector('button')?.focus();
}
