export const themes = ['system', 'light', 'dark', 'contrast'] as const;
export type Theme = (typeof themes)[number];

const storageKey = 'slipway.theme';

/** Which set of tokens is in use. `system` follows the operating system and is not written to the page. */
export class ThemeChoice {
  chosen: Theme = $state('system');
  #root: HTMLElement;
  #storage: Pick<Storage, 'getItem' | 'setItem'>;

  constructor(root: HTMLElement, storage: Pick<Storage, 'getItem' | 'setItem'>) {
    this.#root = root;
    this.#storage = storage;
    const kept = storage.getItem(storageKey);
    this.choose(themes.find((theme) => theme === kept) ?? 'system');
  }

  choose(theme: Theme): void {
    this.chosen = theme;
    this.#storage.setItem(storageKey, theme);
    if (theme === 'system') delete this.#root.dataset['theme'];
    else this.#root.dataset['theme'] = theme;
  }
}
