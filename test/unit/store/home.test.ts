import { chmodSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { homeFolder, prepareHome } from '#main/store/home.ts';
import { openStore, temporaryHome } from './home-for-test.ts';

describe('the home folder', () => {
  it.each([
    { platform: 'linux', env: {}, user: '/home/ada', folder: '/home/ada/.local/share/slipway' },
    { platform: 'linux', env: { XDG_DATA_HOME: '/data' }, user: '/home/ada', folder: '/data/slipway' },
    { platform: 'darwin', env: {}, user: '/Users/ada', folder: '/Users/ada/Library/Application Support/slipway' },
    {
      platform: 'win32',
      env: { LOCALAPPDATA: 'C:\\Users\\ada\\AppData\\Local' },
      user: 'C:\\Users\\ada',
      folder: 'C:\\Users\\ada\\AppData\\Local\\slipway',
    },
    { platform: 'win32', env: {}, user: 'C:\\Users\\ada', folder: 'C:\\Users\\ada\\AppData\\Local\\slipway' },
    { platform: 'linux', env: { SLIPWAY_HOME: '/elsewhere' }, user: '/home/ada', folder: '/elsewhere' },
  ] as const)('is $folder on $platform', ({ platform, env, user, folder }) => {
    expect(homeFolder(env, platform, user)).toBe(folder);
  });

  it('is made with all its parents, or taken away from others', () => {
    const made = join(temporaryHome(), 'a', 'b');
    prepareHome(made);
    const open = temporaryHome();
    chmodSync(open, 0o755);
    prepareHome(open);
    expect([made, open].map((path) => statSync(path).mode & 0o777)).toEqual([0o700, 0o700]);
  });

  it('is refused when something else has its place', () => {
    const path = join(temporaryHome(), 'file');
    writeFileSync(path, '');
    expect(() => prepareHome(path)).toThrow(expect.objectContaining({ code: 'store.home_unusable' }));
  });

  it('is prepared by opening the store in it', () => {
    const home = join(temporaryHome(), 'new');
    openStore({ home });
    expect(statSync(home).mode & 0o777).toBe(0o700);
  });
});
