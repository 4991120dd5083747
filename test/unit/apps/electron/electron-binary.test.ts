import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { electronBinary } from '#test/e2e/electron-binary.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-electron-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
});

describe('Electron’s program', () => {
  it('is none where only its package is, which is not asked to fetch it', () => {
    expect(electronBinary({}, folder)).toBeUndefined();
  });

  it('is what the package has fetched', () => {
    mkdirSync(join(folder, 'dist'));
    writeFileSync(join(folder, 'path.txt'), 'own-name');
    expect(electronBinary({}, folder)).toBeUndefined();
    writeFileSync(join(folder, 'dist', 'own-name'), '');
    expect(electronBinary({}, folder)).toBe(join(folder, 'dist', 'own-name'));
  });

  it('is in the folder that somebody names', () => {
    writeFileSync(join(folder, 'path.txt'), 'own-name');
    writeFileSync(join(folder, 'own-name'), '');
    expect(electronBinary({ ELECTRON_OVERRIDE_DIST_PATH: folder }, folder)).toBe(join(folder, 'own-name'));
  });
});
