import { describe, expect, it } from 'vitest';
import { paint } from '#main/apps/cli/render/line.ts';
import { liveView } from '#main/apps/cli/render/live-view.ts';
import type { Look } from '#main/apps/cli/render/live-view.ts';
import { symbolsFor } from '#main/apps/cli/render/symbols.ts';
import type { NewRunEvent } from '#shared/run/events.ts';
import { startedAt, unreachable, viewOf } from '../fake-run.ts';

const look: Look = {
  name: 'home',
  now: startedAt + 12_000,
  rows: 40,
  symbols: symbolsFor({ LANG: 'C.UTF-8' }),
  lastLog: new Map(),
};

function screen(events: readonly NewRunEvent[], change: Partial<Look> = {}, width = 100): readonly string[] {
  return liveView(viewOf(events), { ...look, ...change }).map((line) => paint(line, { width, color: false }).trimEnd());
}

const dockerDone: readonly NewRunEvent[] = [
  { type: 'step.skipped', step: 'install-docker/node-1', reason: 'Docker 26.1.5 is there' },
  { type: 'step.applying', step: 'install-docker/node-2', attempt: 1, reason: 'missing' },
  { type: 'step.succeeded', step: 'install-docker/node-2' },
];

describe('the live view', () => {
  it('shows each phase with its count, its time and what its machines are doing', () => {
    const lines = screen([
      ...dockerDone,
      { type: 'step.applying', step: 'pull-images/node-1', attempt: 1, reason: '4 images missing' },
      {
        type: 'step.progress',
        step: 'pull-images/node-1',
        progress: { label: 'kube-apiserver', done: 23_000_000, total: 140_000_000, unit: 'bytes' },
      },
    ]);
    expect(lines).toEqual([
      'create home  2/5  12 s',
      ' ✔ Install Docker              2/2   0.2 s',
      ' ⠋ Pull images                 0/2    12 s',
      '     node-1  kube-apiserver 23 MB of 140 MB',
      ' · CoreDNS',
    ]);
  });

  it('says why an attempt failed and when the next one comes', () => {
    const lines = screen(
      [
        { type: 'step.checking', step: 'install-docker/node-2', attempt: 1 },
        { type: 'step.retrying', step: 'install-docker/node-2', attempt: 1, delayMs: 3000, error: unreachable },
      ],
      { now: startedAt + 1200 },
    );
    expect(lines[2]).toBe(
      '     node-2  attempt 1 failed, next in 2.0 s: No SSH answer from 10.0.0.2:22 within 15000 ms.',
    );
  });

  it('puts a failure with its remedy and last lines under its phase', () => {
    const error = { ...unreachable, lastLines: ['one', 'two'] };
    const lines = screen([{ type: 'step.failed', step: 'install-docker/node-2', error }]);
    expect(lines.slice(2, 7)).toEqual([
      '     ✖ node-2: No SSH answer from 10.0.0.2:22 within 15000 ms.',
      '       → Check that the machine is powered on and that a firewall lets this computer reach port 22.',
      '       | one',
      '       | two',
      '       (ssh.unreachable)',
    ]);
    expect(lines[1]).toContain('1 failed');
  });

  it.each([3, 4, 5, 6, 8, 24])('fits into %i rows', (rows) => {
    const events: readonly NewRunEvent[] = [
      ...dockerDone,
      { type: 'step.failed', step: 'pull-images/node-1', error: unreachable },
      { type: 'step.applying', step: 'pull-images/node-2', attempt: 1, reason: 'missing' },
    ];
    const lines = screen(events, { rows });
    expect(lines.length).toBeLessThanOrEqual(Math.max(2, rows - 1));
    expect(lines.join('\n')).toContain(rows > 4 ? 'Pull images' : 'create home');
  });

  it('cuts every line at the width of a narrow terminal', () => {
    const lines = screen([{ type: 'step.failed', step: 'install-docker/node-2', error: unreachable }], {}, 30);
    expect(lines.filter((line) => [...line].length > 30)).toEqual([]);
    expect(lines[2]).toBe('     ✖ node-2: No SSH answer …');
  });

  it('keeps control characters of a machine away from the terminal', () => {
    const reason = 'evil\u001b[2J\u001b]0;title\u0007\rtext';
    const lines = screen([{ type: 'step.applying', step: 'install-docker/node-1', attempt: 1, reason }]);
    expect(lines[2]).toBe('     node-1  eviltext');
  });

  it('shows a cancellation that is under way', () => {
    expect(screen([{ type: 'run.cancelling' }])[0]).toContain('cancelling …');
  });
});
