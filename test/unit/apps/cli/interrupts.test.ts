import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const program = fileURLToPath(new URL('interrupted-child.ts', import.meta.url));

/** Starts it and, each time it has said the given words, sends the signal beside them. */
async function interrupted(signals: readonly (readonly [string, NodeJS.Signals])[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [program], {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end('metadata: { name: home }\n');
  let output = '';
  const open = [...signals];
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
    const next = open[0];
    if (next === undefined || !output.includes(next[0])) return;
    open.shift();
    child.kill(next[1]);
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  return { code, output };
}

describe('a slipway process', () => {
  it('cancels its run at the first Ctrl-C', async () => {
    const { code, output } = await interrupted([['running', 'SIGINT']]);
    expect({ code, output }).toEqual({ code: 5, output: expect.stringContaining('was cancelled') });
  });

  it('leaves its run at the second Ctrl-C and says how to go on', async () => {
    const signals = [
      ['running', 'SIGINT'],
      ['Press Ctrl-C again', 'SIGINT'],
    ] as const;
    const { code, output } = await interrupted(signals, { SLOW_CANCEL: '1' });
    expect({ code, output }).toEqual({ code: 6, output: expect.stringContaining('slipway resume home') });
  });

  it.each(['SIGTERM', 'SIGHUP'] as const)('leaves its run at %s', async (signal) => {
    const { code } = await interrupted([['running', signal]]);
    expect(code).toBe(6);
  });
});
