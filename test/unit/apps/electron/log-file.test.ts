import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openLogFile } from '#main/apps/electron/log-file.ts';

let file: string;
beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-log-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  file = join(folder, 'logs', 'desktop.log');
});

describe('the log of the desktop application', () => {
  it('keeps lines for its owner only', () => {
    const log = openLogFile(file);
    log('one');
    log('two');
    expect([readFileSync(file, 'utf8'), statSync(file).mode & 0o777]).toEqual(['one\ntwo\n', 0o600]);
  });

  it('begins a new file above a megabyte, and keeps the one before', () => {
    const log = openLogFile(file);
    writeFileSync(file, 'x'.repeat(1024 * 1024 + 1));
    log('after');
    expect([readFileSync(file, 'utf8'), statSync(`${file}.1`).size]).toEqual(['after\n', 1024 * 1024 + 1]);
  });

  it('ends nothing when it cannot be written', () => {
    const log = openLogFile(file);
    mkdirSync(file);
    expect(() => log('lost')).not.toThrow();
  });
});
