import type { Settings as Values } from '#shared/contract/index.ts';
import type { Settings } from '#renderer/lib/state/settings/settings.svelte.ts';

export const themes = ['system', 'light', 'dark', 'contrast'] as const satisfies readonly Values['theme'][];
export type Theme = (typeof themes)[number];

/** Read by `public/first-paint.js` too, before anything of this is loaded. */
const storageKey = 'slipway.theme';

/**
 * Which set of tokens is in use. `system` follows the operating system and is not written to the page. The host keeps the
 * choice; this browser only remembers it for its next first paint.
 */
export class ThemeChoice {
  chosen: Theme = $state('system');
  #root: HTMLElement;
  #storage: Pick<Storage, 'getItem' | 'setItem'>;

  constructor(root: HTMLElement, storage: Pick<Storage, 'getItem' | 'setItem'>) {
    this.#root = root;
    this.#storage = storage;
    const kept = storage.getItem(storageKey);
    this.#show(themes.find((theme) => theme === kept) ?? 'system');
  }

  /** What the host keeps, which another window may have chosen. */
  async load(settings: Settings): Promise<void> {
    const kept = await settings.load();
    if (kept) this.#show(kept.theme);
  }

  /** At once, and for every window to come. */
  async choose(theme: Theme, settings: Settings): Promise<void> {
    this.#show(theme);
    await settings.change({ theme });
  }

  #show(theme: Theme): void {
    this.chosen = theme;
    this.#storage.setItem(storageKey, theme);
    if (theme === 'system') delete this.#root.dataset['theme'];
    else this.#root.dataset['theme'] = theme;
  }
}
