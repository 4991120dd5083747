import { describe, expect, it } from 'vitest';
import type { ActiveRun } from '#main/apps/electron/active-runs.ts';
import { applicationMenu, type MenuItem, type MenuState, trayMenu, trayTip } from '#main/apps/electron/menu.ts';

const run = (clusterName: string): ActiveRun => ({
  runId: `run-${clusterName}`,
  clusterName,
  operation: 'create',
  progress: { done: 3, total: 40 },
});

function commands() {
  const said: string[] = [];
  return {
    said,
    commands: {
      go: (page: string) => said.push(page),
      show: () => said.push('show'),
      cancelRun: ({ runId }: ActiveRun) => said.push(`cancel ${runId}`),
      quit: () => said.push('quit'),
    },
  };
}

const flat = (items: readonly MenuItem[]): readonly MenuItem[] =>
  items.flatMap((item) => [item, ...flat(item.submenu ?? [])]);

function menu(state: Partial<MenuState> = {}) {
  const { said, commands: given } = commands();
  const items = flat(applicationMenu({ runs: [], platform: 'linux', developing: false, ...state }, given));
  const click = (label: string): void => {
    const found = items.find((item) => item.label === label);
    if (!found?.click) throw new Error(`There is nothing to click at "${label}".`);
    found.click();
  };
  return { items, said, click };
}

describe('the menu', () => {
  it('goes to the pages and quits', () => {
    const { said, click } = menu();
    for (const label of ['New Cluster', 'Clusters', 'Settings…', 'Diagnostics', 'Quit Slipway']) click(label);
    expect(said).toEqual(['/new', '/clusters', '/settings', '/diagnostics', 'quit']);
  });

  it('shows and cancels each run at work; the keys belong to one', () => {
    const { items, said, click } = menu({ runs: [run('home'), run('lab')] });
    click('Show the run of lab');
    click('Cancel the run of home…');
    expect(said).toEqual(['/runs/run-lab', 'cancel run-home']);
    expect(items.filter(({ accelerator }) => accelerator === 'CmdOrCtrl+.').map(({ label }) => label)).toEqual([
      'Cancel the run of home…',
    ]);
  });

  it('says so when no run is at work', () => {
    expect(menu().items).toContainEqual({ label: 'No run is at work', enabled: false });
  });

  it('has developer tools while developing only', () => {
    const tools = (developing: boolean) =>
      menu({ developing }).items.flatMap(({ role }) => (role === 'toggleDevTools' || role === 'reload' ? role : []));
    expect([tools(false), tools(true)]).toEqual([[], ['reload', 'toggleDevTools']]);
  });

  it('gives no two items the same keys', () => {
    const keys = menu({ runs: [run('a'), run('b')], developing: true }).items.flatMap((item) => item.accelerator ?? []);
    expect(keys).toEqual([...new Set(keys)]);
    expect(keys.length).toBeGreaterThan(4);
  });

  it('has the system’s own application menu on macOS, and underlines no letters there', () => {
    const { items } = menu({ platform: 'darwin' });
    expect(items[0]).toEqual({ role: 'appMenu' });
    expect(items.filter(({ label }) => label?.includes('&') || label === 'Quit Slipway')).toEqual([]);
  });
});

describe('the tray', () => {
  it('says what is at work, and how far it is', () => {
    const { said, commands: given } = commands();
    const [first] = trayMenu([run('home')], given);
    first?.click?.();
    expect([first?.label, said]).toEqual(['home: 3 of 40 steps', ['/runs/run-home']]);
    expect([trayTip([]), trayTip([run('a')]), trayTip([run('a'), run('b')])]).toEqual([
      'Slipway: no run is at work',
      'Slipway: a run is at work',
      'Slipway: 2 runs are at work',
    ]);
  });

  it('opens the window and quits', () => {
    const { said, commands: given } = commands();
    for (const { click } of trayMenu([], given)) click?.();
    expect(said).toEqual(['show', '/new', 'quit']);
  });
});
