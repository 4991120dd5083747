import { describe, expect, it } from 'vitest';
import { themeSource } from '#main/apps/electron/theme-source.ts';
import { userDataFolder } from '#main/apps/electron/user-data.ts';

describe('the theme of menus and dialogs', () => {
  it.each([
    ['system', 'system'],
    ['light', 'light'],
    ['dark', 'dark'],
    ['contrast', 'dark'],
  ] as const)('is for "%s" the %s one', (theme, source) => {
    expect(themeSource(theme)).toBe(source);
  });
});

describe('the application’s own folder', () => {
  it('is its own in the system’s, and beside an inventory elsewhere', () => {
    expect(userDataFolder({}, '/home/me/.config')).toBe('/home/me/.config/slipway-desktop');
    expect(userDataFolder({ SLIPWAY_HOME: '' }, '/home/me/.config')).toBe('/home/me/.config/slipway-desktop');
    expect(userDataFolder({ SLIPWAY_HOME: '/demo/home' }, '/home/me/.config')).toBe('/demo/home/desktop');
  });
});
