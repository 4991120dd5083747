export type Theme = 'system' | 'light' | 'dark' | 'contrast';
type ThemeSource = 'system' | 'light' | 'dark';

/** What the system's own parts (menus, dialogs, title bar) and the pages' `prefers-color-scheme` follow. */
export function themeSource(theme: Theme): ThemeSource {
  return theme === 'contrast' ? 'dark' : theme; // the pages' high contrast is white on black
}
