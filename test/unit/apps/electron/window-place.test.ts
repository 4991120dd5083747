import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Bounds, firstPlace, readPlace } from '#main/apps/electron/window-place.ts';

const screens: readonly Bounds[] = [
  { x: 0, y: 25, width: 1920, height: 1055 },
  { x: 1920, y: 0, width: 1280, height: 1024 },
];
const kept = { x: 100, y: 100, width: 1000, height: 700, maximized: false };

function placed(content: unknown, on = screens) {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-window-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'window.json');
  if (content !== undefined) writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return readPlace(file, on);
}

describe('the place of the window', () => {
  it('is where it was', () => {
    expect(placed(kept)).toEqual(kept);
    expect(placed({ ...kept, x: 2000, maximized: true })).toEqual({ ...kept, x: 2000, maximized: true });
  });

  it('may be partly off a screen as long as a person can take hold of it', () => {
    expect(placed({ ...kept, x: -800 })).toEqual({ ...kept, x: -800 });
  });

  it.each([
    { why: 'its screen is gone', at: { x: 5000 } },
    { why: 'only a sliver would show', at: { x: -950 } },
    { why: 'its upper edge would be above every screen', at: { y: -300 } },
  ])('is for the system to choose when $why', ({ at }) => {
    expect(placed({ ...kept, ...at })).toEqual({ width: 1000, height: 700, maximized: false });
  });

  it('is not larger than its screen, nor too small to use', () => {
    expect(placed({ ...kept, width: 9000, height: 9000 })).toMatchObject({ width: 1920, height: 1055 });
    expect(placed({ ...kept, width: 170, height: 100 })).toMatchObject({ width: 480, height: 360 });
  });

  it.each([
    undefined,
    '',
    '{',
    [],
    { ...kept, x: 'left' },
    { ...kept, more: 1 },
    { ...kept, width: 1.5 },
    '{"x":1e999}',
  ])('is the first one when what is remembered is %o', (content) => {
    expect(placed(content)).toEqual(firstPlace);
  });

  it('is found where no screen is connected', () => {
    expect(placed(kept, [])).toEqual({ width: 1000, height: 700, maximized: false });
  });
});
